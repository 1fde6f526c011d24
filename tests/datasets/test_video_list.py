"""Annotation files of every usual form; anything else is named."""
import os

import numpy as np
import pytest

from mvd_mm.datasets.video_list import (find_delimiter, read_skip_lists,
                                        read_video_list)


@pytest.fixture
def read(tmp_path):

    def make(content, delimiter=' ', **options):
        if isinstance(content, str):
            content = content.encode('utf-8')
        (tmp_path / 'list.txt').write_bytes(content)
        return read_video_list(tmp_path / 'list.txt', delimiter, **options)

    return make


@pytest.mark.parametrize('content', [
    b'a.mp4 0\nb.mp4 12\n', b'a.mp4 0\nb.mp4 12',
    b'\xef\xbb\xbfa.mp4 0\nb.mp4 12\n', b'a.mp4 0\r\nb.mp4 12\r\n',
    b'a.mp4 0\nb.mp4 12\n\n  \n\r\n', b'  a.mp4 0 \nb.mp4 12\t\n'
])
def test_usual_forms_of_text_are_read(read, content):
    videos = read(content)
    assert list(videos) == [
        dict(filename='a.mp4', label=0),
        dict(filename='b.mp4', label=12)
    ]
    assert videos[-1] == videos[1] and videos[:1] == [videos[0]]


@pytest.mark.parametrize('content, place, fault', [
    (b'a.mp4 0\nb\xe9.mp4 1\n', 2, 'not UTF-8.*0xe9'),
    ('a.mp4 0\n'.encode('utf-16'), 1, 'UTF-16'),
    ('a.mp4 0\nb.mp4\n', 2, 'no label'),
    ('a.mp4 0\nb.mp4 1 2\n', 2, '3 fields'),
    ('a.mp4 0\n\nb.mp4 1\n', 2, 'blank line'),
    ('a.mp4 x\n', 1, 'not a whole number'),
    ('a.mp4 1.0\n', 1, 'not a whole number'),
    ('a.mp4 -1\n', 1, 'negative label -1'),
    ('a.mp4 2\nb.mp4 3\n', 2, 'label 3.*`num_classes=3`.*0 to 2'),
    ('a.mp4\t0\n', 1, 'no label.*`delimiter`'),
])
def test_anything_else_is_named_with_file_and_line(read, content, place,
                                                   fault):
    with pytest.raises(ValueError, match=f'list.txt:{place} .*{fault}'):
        read(content, num_classes=3)


def test_the_same_video_under_two_labels_is_a_warning(read, log_lines):
    assert len(read('a.mp4 0\nb.mp4 1\na.mp4 2\nb.mp4 1\n')) == 4
    line, = log_lines
    assert '1 videos' in line and 'b.mp4' not in line
    assert 'a.mp4 (0 in line 1, 2 in line 3)' in line


def test_several_labels(read):
    videos = read('a.mp4 0 2\nb.mp4 1\n', multi_class=True)
    assert [video['label'] for video in videos] == [[0, 2], [1]]


@pytest.mark.parametrize('text, delimiter', [
    ('my clip, 1.mp4\t3\n', '\t'),
    ('a,b.mp4 3\nc.mp4 4\n', ' '),
    ('my clip.mp4,3\nother clip.mp4, 4\n', ','),
    ('a.mp4 0 2\nb.mp4 1\n', ' '),
    ('\ufeffa.mp4,3\r\n\r\n', ','),
    ('no label\n', ' '),
])
def test_the_delimiter_is_recognised(tmp_path, text, delimiter):
    (tmp_path / 'list.txt').write_bytes(text.encode('utf-8'))
    assert find_delimiter(tmp_path / 'list.txt') == delimiter


def test_skip_lists_name_videos_as_the_list_or_with_the_prefix(
        read, tmp_path, log_lines):
    (tmp_path / 'skip.txt').write_text('a.mp4\tbroken: why\n')
    (tmp_path / 'more.txt').write_text('/data/c.mp4\n\nnone.mp4\n')
    skip = read_skip_lists(
        [str(tmp_path / 'skip.txt'),
         str(tmp_path / 'more.txt')])
    text = 'a.mp4 0\nb.mp4 1\nc.mp4 2\n'
    videos = read(text, prefix='/data', skip=skip)
    assert [video['filename'] for video in videos] == ['/data/b.mp4']
    with pytest.raises(ValueError, match='`skip_list` names every video'):
        read(text, skip={'a.mp4', 'b.mp4', 'c.mp4'})
    with pytest.raises(FileNotFoundError, match='`skip_list`.*check_videos'):
        read_skip_lists(str(tmp_path / 'other.txt'))


def test_memory_and_items_of_a_long_list(read):
    names = [f'class_{i % 7}/video_{i:06d}.mp4' for i in range(20000)]
    videos = read(
        ''.join(f'{name} {i % 400}\n' for i, name in enumerate(names)),
        prefix='data')
    for index in np.random.default_rng(0).integers(0, 20000, 50).tolist():
        assert videos[index] == dict(
            filename=os.path.join('data', names[index]), label=index % 400)
    size = sum(
        memoryview(part).nbytes
        for part in (videos._names, videos._ends, videos._labels))
    assert size < 50 * len(names)
    videos.clear()
    assert len(videos) == 0
