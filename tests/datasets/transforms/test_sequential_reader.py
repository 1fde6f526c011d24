"""Frames decoded from the first on answer as decord's."""
import numpy as np
import pytest

from mvd_mm.datasets.transforms.sequential_reader import SequentialReader
from mvd_mm.datasets.transforms.video_decoding import count_frames
from tests.datasets.broken_files import numbers


@pytest.fixture
def reader(make):
    data = make('b_frames.avi', codec='mpeg4', bf=2, g=12).read_bytes()
    return SequentialReader(data, count_frames(data))


def test_frames_in_any_order_and_twice(reader):
    found = numbers(reader.get_batch([30, 5, 5, -1]).asnumpy())
    assert found == [30, 5, 5, 59]
    assert numbers(list(reader)) == list(range(60))


def test_one_after_the_other(reader):
    reader.seek(7)
    assert numbers(np.stack([reader.next(), reader.next()])) == [7, 8]


def test_a_frame_beyond_the_end_is_refused(reader):
    with pytest.raises(IndexError, match='60 frames'):
        reader.get_batch([60])
