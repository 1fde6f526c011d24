"""A video, a folder or a list."""
import pytest

from mvd_mm.datasets.video_sources import read_source


@pytest.fixture
def videos(tmp_path, make_video):
    for name in ('b.mp4', 'x y/a.mp4'):
        make_video(tmp_path / 'v' / name)
    return tmp_path / 'v'


def test_a_video_and_a_folder(videos):
    found = read_source(videos / 'b.mp4')
    assert found.names == ['b.mp4'] and found.labels == []
    assert found.paths == [str(videos / 'b.mp4')]
    found = read_source(videos)
    assert found.names == ['b.mp4', 'x y/a.mp4']
    assert found.paths[1] == str(videos / 'x y' / 'a.mp4')
    assert found.prefix == str(videos)


def test_a_video_of_an_unknown_ending(videos):
    path = (videos / 'b.mp4').rename(videos / 'b.mp4x')
    assert read_source(path).paths == [str(path)]


@pytest.mark.parametrize('text, labels', [
    ('x y/a.mp4\t1\nb.mp4\t0\n', [1, 0]),
    ('x y/a.mp4 1\nb.mp4 0\n', [1, 0]),
    ('\ufeffx y/a.mp4,1\r\nb.mp4,0\r\n', [1, 0]),
    ('x y/a.mp4\nb.mp4\n', []),
])
def test_lists_keep_their_order(videos, tmp_path, text, labels):
    path = tmp_path / 'list.txt'
    path.write_bytes(text.encode())
    found = read_source(path, str(videos))
    assert found.names == ['x y/a.mp4', 'b.mp4']
    assert found.labels == labels
    assert found.paths[1] == str(videos / 'b.mp4')


def test_faults(videos, tmp_path):
    path = tmp_path / 'list.txt'
    with pytest.raises(FileNotFoundError, match='no video, folder or list'):
        read_source(path)
    path.write_text('b.mp4 1\nx y/a.mp4\n')
    with pytest.raises(ValueError, match='list.txt:2'):
        read_source(path, str(videos))
    path.write_text('b.mp4 1\n')
    with pytest.raises(FileNotFoundError, match='`--prefix`'):
        read_source(path)
    path.write_bytes(b'caf\xe9.mp4\n')
    with pytest.raises(ValueError, match='list.txt:1 is not UTF-8'):
        read_source(path, str(videos))
    path.write_text('')
    with pytest.raises(ValueError, match='is empty'):
        read_source(path)
