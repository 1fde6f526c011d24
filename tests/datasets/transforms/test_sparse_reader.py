"""decord's pixels, from fewer frames decoded."""
import io

import av
import decord
import numpy as np
import pytest

from mvd_mm.datasets.transforms.sparse_reader import SparseReader, is_reference
from tests.datasets.broken_files import numbers


class Counting:
    """A decoder that counts what it is given."""

    def __init__(self, codec):
        self.codec = codec
        self.given = 0

    def decode(self, packet):
        self.given += packet is not None
        return self.codec.decode(packet)

    def __getattr__(self, name):
        return getattr(self.codec, name)


@pytest.fixture(scope='module')
def film(tmp_path_factory):
    """Noise that moves, H.264 with B-frames, three groups of pictures."""
    if 'libx264' not in av.codecs_available:
        pytest.skip('PyAV has no libx264')
    path = tmp_path_factory.mktemp('film') / 'film.mp4'
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    noise = noise.repeat(4, 0).repeat(4, 1)
    with av.open(str(path), 'w') as file:
        stream = file.add_stream('libx264', rate=25)
        stream.width, stream.height, stream.pix_fmt = 98, 66, 'yuv420p'
        stream.options = dict(g='30', bf='3', sc_threshold='0')
        for n in range(80):
            picture = noise[n:n + 66, n // 2:n // 2 + 98]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture))
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path.read_bytes()


@pytest.mark.parametrize('indices', [
    range(3, 67, 4), [79], [0], [0, 79], [50, 8, 8, 31, 30, 29], [-1, -80],
    range(80)
])
def test_pixels_are_those_of_decord(film, indices):
    reader = SparseReader(film)
    expected = decord.VideoReader(io.BytesIO(film), num_threads=1)
    for _ in range(2):
        np.testing.assert_array_equal(
            reader.get_batch(indices).asnumpy(),
            expected.get_batch(indices).asnumpy())
    assert len(reader) == len(expected)
    assert reader.get_avg_fps() == expected.get_avg_fps()
    np.testing.assert_allclose(
        reader.get_frame_timestamp(np.arange(80)),
        expected.get_frame_timestamp(np.arange(80)),
        atol=1e-5)


def test_only_what_the_frames_need_is_decoded(film):
    reader = SparseReader(film)
    reader.codec = Counting(reader.codec)
    reader.get_batch([60])  # a key frame
    assert reader.codec.given == 1
    references = sum(
        is_reference(packet, reader._lengths) for packet in reader.packets)
    assert references < 60  # of 80
    reader.codec.given = 0
    reader.get_batch([0, 29])  # of the first group; 29 is its last
    assert reader.codec.given <= 1 + sum(
        is_reference(packet, reader._lengths)
        for packet in reader.packets[:30])
    reader.codec.given = 0
    assert len(list(reader)) == 80
    assert reader.codec.given == 80


def test_frames_in_order_after_a_request_and_before(make):
    path = make('closed.mkv', codec='libx264', bf=2, g=12)
    reader = SparseReader(path.read_bytes())
    assert numbers(reader.get_batch([30, 7]).asnumpy()) == [30, 7]
    assert numbers(list(reader)) == list(range(60))
    assert numbers(reader.get_batch([59, 1]).asnumpy()) == [59, 1]


def test_a_frame_beyond_the_end_is_refused(film):
    with pytest.raises(IndexError, match='80 frames'):
        SparseReader(film).get_batch([80])


def test_other_codecs_are_read_without_looking_into_their_packets(make):
    path = make('closed.mp4', codec='mpeg4', g=12)
    reader = SparseReader(path.read_bytes())
    assert all(is_reference(p, reader._lengths) for p in reader.packets)
    assert numbers(reader.get_batch([0, 13, 59]).asnumpy()) == [0, 13, 59]
