"""Names of classes beside a list."""
import pytest

from mvd_mm.datasets.checked_video_dataset import CheckedVideoDataset
from mvd_mm.datasets.class_names import class_names_beside, read_class_names


@pytest.mark.parametrize('text',
                         ['a b\nc\n', '\ufeffa b\r\nc\r\n\r\n', 'a b\nc'])
def test_lines_are_names(tmp_path, text):
    path = tmp_path / 'classes.txt'
    path.write_bytes(text.encode())
    assert read_class_names(path) == ['a b', 'c']
    assert class_names_beside(tmp_path / 'train.txt') == ['a b', 'c']


@pytest.mark.parametrize('text, words', [
    (b'', 'is empty'),
    (b'a\n\nb\n', 'classes.txt:2 is a blank line'),
    (b'a\nb\na\n', "classes.txt:3 names the class 'a' of line 1 again"),
    (b'\xff\xfea\x00', 'not UTF-8'),
])
def test_faults_are_named(tmp_path, text, words):
    path = tmp_path / 'classes.txt'
    path.write_bytes(text)
    with pytest.raises(ValueError, match=words):
        read_class_names(path)
    assert class_names_beside(tmp_path / 'train.txt') is None


def test_no_file(tmp_path):
    assert class_names_beside(tmp_path / 'train.txt') is None
    with pytest.raises(FileNotFoundError, match='`classes`'):
        read_class_names(tmp_path / 'none.txt')


def test_a_data_set_knows_its_classes(tmp_path, make_video):
    make_video(tmp_path / 'a.mp4')
    (tmp_path / 'train.txt').write_text('a.mp4 1\n')
    options = dict(
        ann_file=str(tmp_path / 'train.txt'),
        data_prefix=dict(video=str(tmp_path)),
        pipeline=[])
    assert 'classes' not in CheckedVideoDataset(**options).metainfo
    (tmp_path / 'classes.txt').write_text('x\ny\n')
    assert CheckedVideoDataset(**options).metainfo['classes'] == ['x', 'y']
    given = CheckedVideoDataset(metainfo=dict(classes=['p', 'q']), **options)
    assert given.metainfo['classes'] == ['p', 'q']
