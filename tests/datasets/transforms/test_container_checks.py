"""Lengths that a container states, against the file."""
import pytest

from mvd_mm.datasets.transforms.container_checks import check_length
from mvd_mm.datasets.transforms.video_decoding import BrokenVideoError


@pytest.mark.parametrize('name', ['a.mp4', 'a.avi', 'a.mkv'])
def test_a_whole_file_passes_and_a_cut_one_does_not(make, name):
    data = make(name, g=12).read_bytes()
    check_length(data)
    for share in (0.5, 0.9):
        with pytest.raises(BrokenVideoError, match='cut|damaged'):
            check_length(data[:int(share * len(data))])


def test_an_overwritten_element_of_matroska_is_found(make):
    data = bytearray(make('a.mkv', g=12).read_bytes())
    middle = len(data) // 2
    data[middle:middle + len(data) // 4] = bytes(len(data) // 4)
    with pytest.raises(BrokenVideoError, match='damaged at byte'):
        check_length(bytes(data))


def test_other_containers_state_no_length():
    check_length(b'FLV' + bytes(20))
