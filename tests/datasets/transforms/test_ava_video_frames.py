"""Numbers of extracted frames to frames of a video."""
import struct

import cv2
import decord
import numpy as np
import pytest

from mvd_mm.datasets.transforms import AVAVideoFrames


class Reader:

    def __init__(self, fps):
        self.fps = fps

    def get_avg_fps(self):
        return self.fps


def find(numbers, fps=30., total=10**6, **options):
    results = dict(
        frame_inds=np.array(numbers),
        start_index=1,
        fps=30,
        timestamp_start=900,
        video_reader=Reader(fps),
        total_frames=total,
        **options)
    return AVAVideoFrames()(results)['frame_inds'].tolist()


def test_frame_1_of_a_cut_file_is_its_first():
    assert find([1, 2, 27001]) == [0, 1, 27000]


@pytest.mark.parametrize('fps', [30000 / 1001, 25., 24000 / 1001, 60.])
def test_another_rate_takes_the_nearest_moment(fps):
    numbers = np.arange(1, 27002, 100)
    moments = np.array(find(numbers, fps)) / fps
    assert np.abs(moments - (numbers - 1) / 30).max() <= 0.5 / fps + 1e-9


def test_a_whole_film_starts_at_0():
    assert find([1, 61], 25., video_start=0) == [22500, 22550]


def test_a_rate_rounded_by_its_container_changes_no_frame():
    numbers = list(range(1, 27002))
    assert find(numbers, 30 * (1 - 1e-5)) == [n - 1 for n in numbers]


def test_ends_repeat():
    assert find([-3, 1, 500], total=100) == [0, 0, 99]


@pytest.fixture(scope='module')
def films(tmp_path_factory):
    """A film at 30 frames a second; its second half at 15; without times."""
    folder = tmp_path_factory.mktemp('films')
    for name, code in (('30.mp4', 'mp4v'), ('no times.avi', 'MJPG')):
        writer = cv2.VideoWriter(
            str(folder / name), cv2.VideoWriter_fourcc(*code), 30, (96, 64))
        for index in range(90):
            writer.write(np.full((64, 96, 3), 2 * index, dtype=np.uint8))
        writer.release()
    slow_down_second_half(folder / '30.mp4', folder / 'varying.mp4')
    return folder


def slow_down_second_half(source, target):
    """Write another table of frame times into an mp4, whose pixels stay."""
    data = bytearray(source.read_bytes())

    def read(place):
        return struct.unpack('>I', data[place:place + 4])[0]

    def write(place, value):
        data[place:place + 4] = struct.pack('>I', value)

    def find(names, low, high):
        """Places of nested boxes."""
        while data[low + 4:low + 8] != names[0]:
            low += read(low)
            assert low < high, names
        rest = names[1:] and find(names[1:], low + 8, low + read(low))
        return [low, *rest]

    track = [b'moov', b'trak']
    for names, behind in (([b'edts', b'elst'], 16), ([b'mdia', b'mdhd'], 24)):
        place = find(track + names, 0, len(data))[-1] + behind
        write(place, read(place) * 3 // 2)  # durations
    boxes = find(track + [b'mdia', b'minf', b'stbl', b'stts'], 0, len(data))
    table = boxes.pop()
    assert read(table) == 24 and read(table + 16) == 90
    for place in boxes:
        write(place, read(place) + 8)
    step = read(table + 20)
    data[table:table + 24] = struct.pack('>I4s6I', 32, b'stts', 0, 2, 45, step,
                                         45, 2 * step)
    target.write_bytes(data)


def find_in(path, moments):
    reader = decord.VideoReader(str(path))
    results = dict(
        clip_moments=np.array(moments),
        timestamp_start=900,
        video_reader=reader,
        total_frames=len(reader))
    return AVAVideoFrames()(results)['frame_inds'].tolist()


def test_a_varying_rate_takes_the_nearest_moment(films):
    moments = np.array([0, 1, 1.5, 2, 3, 4.4]) + 900
    assert find_in(films / '30.mp4', moments) == [0, 30, 45, 60, 89, 89]
    # 15 frames a second from second 1.5 on
    assert find_in(films / 'varying.mp4', moments) == [0, 30, 45, 52, 67, 88]


def test_a_container_without_times_is_read_by_its_rate(films):
    moments = np.array([0, 1, 2]) + 900
    assert find_in(films / 'no times.avi', moments) == [0, 30, 60]
