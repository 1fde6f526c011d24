"""Every frame is the one that was asked for, or the file is refused."""
import gc
import io
import multiprocessing
import os
import time
from pathlib import Path

import decord
import numpy as np
import pytest

from mvd_mm.datasets.transforms import checked_reader
from mvd_mm.datasets.transforms.checked_reader import CheckedReader
from mvd_mm.datasets.transforms.video_decoding import BrokenVideoError
from tests.datasets.broken_files import numbers

# name, how it is written: decord reads the first ones correctly
SEEKABLE = {
    'closed.mp4': dict(codec='mpeg4', g=12),
    'closed.avi': dict(codec='mpeg4', g=12),
    'closed.mkv': dict(codec='mpeg4', g=12),
    'h264.mp4': dict(codec='libx264', bf=2, g=12),
    'vp9.webm': dict(codec='libvpx-vp9', g=12),
}
OTHERS = {
    'b_frames.avi': dict(codec='mpeg4', bf=2, g=12),
    'open.mp4': dict(codec='mpeg4', bf=2, g=12),
    'open.mkv': dict(codec='mpeg2video', bf=2, g=12),
    'stream.ts': dict(codec='libx264', bf=2, g=12),
    'program.mpg': dict(codec='mpeg2video', bf=2, g=12),
    'flash.flv': dict(codec='libx264', g=12),
    'windows.wmv': dict(codec='libx264', g=12),
}


def read(path, indices):
    reader = CheckedReader(Path(path).read_bytes(), str(path))
    return reader, numbers(reader.get_batch(indices).asnumpy())


@pytest.mark.parametrize('name', SEEKABLE)
def test_good_files_are_read_by_decord_bit_by_bit(make, name):
    path = make(name, **SEEKABLE[name])
    for indices in ([0, 20, 40], [59], [30, 5, 5, 17]):
        reader, found = read(path, indices)
        assert reader.seeks and len(reader) == 60
        assert found == indices
        expected = decord.VideoReader(
            io.BytesIO(path.read_bytes()), num_threads=1)
        np.testing.assert_array_equal(
            reader.get_batch(indices).asnumpy(),
            expected.get_batch(indices).asnumpy())
        assert reader.get_avg_fps() == expected.get_avg_fps()


@pytest.mark.parametrize('name', OTHERS)
def test_others_are_read_exactly_all_the_same(make, name):
    path = make(name, **OTHERS[name])
    for indices in ([0, 20, 40], [59], [30, 5, 5, 17], [-1]):
        reader, found = read(path, indices)
        assert not reader.seeks and len(reader) == 60
        assert found == [index % 60 for index in indices]
    assert reader.get_avg_fps() == pytest.approx(25, rel=0.01)
    assert numbers(list(reader)) == list(range(60))


def test_widths_that_decord_misreads_are_read(make):
    # the rows of 48 pixels are padded, which decord takes for a fourth channel
    path = make('narrow.mp4', size=(48, 32), g=12)
    with pytest.raises(decord.DECORDError):
        decord.VideoReader(str(path)).get_batch([0])
    reader = CheckedReader(path.read_bytes(), str(path))
    assert reader.get_batch([0, 59]).asnumpy().shape == (2, 32, 48, 3)


def test_a_decoder_that_never_answers_costs_its_time_limit(make, monkeypatch):

    def hang(*args, **kwargs):
        time.sleep(60)

    path = make('hang.mp4', g=12)
    monkeypatch.setattr(checked_reader, 'SparseReader', hang)
    data = path.read_bytes()
    begin = time.monotonic()
    with pytest.raises(BrokenVideoError, match='no answer.*0.3 s'):
        CheckedReader(data, str(path), time_limit=0.3)
    with pytest.raises(BrokenVideoError, match='no answer'):  # at once
        CheckedReader(data, str(path), time_limit=60)
    assert time.monotonic() - begin < 30


def test_one_frame_after_the_other_is_read_by_decord(make):
    path = make('h264.mp4', **SEEKABLE['h264.mp4'])
    found = []
    for reader in (CheckedReader(path.read_bytes(),
                                 str(path)), decord.VideoReader(str(path))):
        reader.seek(17)  # `DecordDecode(mode='efficient')`
        found.append(numbers([reader.next().asnumpy() for _ in range(3)]))
    assert found[0] == found[1]


@pytest.mark.parametrize('options', [
    dict(codec='libx264', pix_fmt='yuv420p10le'),
    dict(codec='libx264', **{'x264-params': 'interlaced=1'})
])
def test_where_only_decord_gives_decords_pixels_it_reads(make, options):
    path = make('special.mp4', g=12, **options)
    data = path.read_bytes()
    expected = decord.VideoReader(io.BytesIO(data), num_threads=1)
    for whole in (False, True):
        reader = CheckedReader(data, str(path))
        frames = (
            np.stack(list(reader))
            if whole else reader.get_batch(range(60)).asnumpy())
        np.testing.assert_array_equal(frames,
                                      expected.get_batch(range(60)).asnumpy())
        assert isinstance(reader.reader, decord.VideoReader)


def test_a_good_file_is_surveyed_once(make, monkeypatch):
    path = make('once.mp4', g=12)
    read(path, [0])
    monkeypatch.setattr(checked_reader, 'survey', None)
    assert read(path, [7])[1] == [7]


def test_a_forked_process_does_not_free_readers_of_its_parent(make):
    # decord would wait for threads that only the parent has
    os.register_at_fork(after_in_child=gc.collect)  # as other packages may
    gc.collect()
    gc.disable()
    try:
        ring = [
            decord.VideoReader(str(make('h264.mp4', **SEEKABLE['h264.mp4'])))
        ]
        ring[0][0]
        ring.append(ring)
        del ring
        child = multiprocessing.get_context('fork').Process(target=gc.collect)
        child.start()
        child.join(20)
        ended = child.exitcode
        child.kill()
    finally:
        gc.enable()
        gc.collect()
    assert ended == 0
