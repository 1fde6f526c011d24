"""Smaller copies of videos, and every way it can go wrong."""
import csv
import os
import struct
from fractions import Fraction

import av
import cv2
import decord
import numpy as np
import pytest
from sklearn.datasets import load_sample_image

from mvd_mm.datasets import video_shrinking
from mvd_mm.datasets.transforms.checked_reader import CheckedReader
from mvd_mm.datasets.video_lists import check_video
from mvd_mm.datasets.video_shrinking import target_size
from tests.datasets.broken_files import numbers, picture, write, write_broken

SIZES = [(320, 240), (240, 320), (1920, 1080), (33, 35), (35, 33), (200, 96),
         (96, 200), (47, 60), (71, 71), (72, 100), (50, 48), (1000, 130)]
SIDES = (16, 24, 32, 48, 72, 96, 128, 255)


def make_video(path, size=(128, 96), num_frames=6):
    """Noise that no codec renders the same twice, brighter in red."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'mp4v'), 10, size)
    for index in range(num_frames):
        frame = np.zeros((size[1], size[0], 3), dtype=np.uint8)
        frame[..., 2] = 200  # OpenCV writes BGR
        frame[:, :size[0] // 2, 1] = 40 * index
        writer.write(frame)
    writer.release()
    return path


def shrink(videos, out, **options):
    return video_shrinking.shrink_folder(
        videos, out, **dict(dict(short_side=32, workers=1), **options))


def files(folder):
    return sorted(
        p.relative_to(folder).as_posix() for p in folder.rglob('*')
        if p.is_file() and p.name != 'report.csv')


class TestTargetSize:

    @pytest.mark.parametrize('width, height', SIZES)
    def test_even_readable_and_never_larger(self, width, height):
        for side in SIDES:
            size = target_size(width, height, side)
            assert all(length % 2 == 0 for length in size)
            assert size[0] not in (16, 24, 48, 72)
            assert size[0] <= width and size[1] <= height, side

    @pytest.mark.parametrize('width, height', SIZES)
    def test_short_side_and_aspect_are_kept(self, width, height):
        for side in SIDES:
            size = target_size(width, height, side)
            scale = min(1, side / min(width, height))
            # rounding to even: 1 pixel; around an unreadable width: 2 more
            assert abs(size[0] - scale * width) <= 3, side
            assert abs(size[1] - scale * height) <= 1, side

    @pytest.mark.parametrize('width, height, side, size', [
        (320, 240, 120, (160, 120)),
        (240, 320, 120, (120, 160)),
        (1920, 1080, 256, (456, 256)),
        (64, 40, 256, (64, 40)),
    ])
    def test_known_sizes(self, width, height, side, size):
        assert target_size(width, height, side) == size


def test_the_widths_that_decord_misreads_are_these(tmp_path):
    misread = []
    for width in range(16, 132, 2):
        path = make_video(tmp_path / f'{width}.mp4', (width, 32), num_frames=2)
        try:
            decord.VideoReader(str(path)).get_batch([0])
        except decord.DECORDError:
            misread.append(width)
        assert check_video(str(path)) == ''  # PyAV reads them
    assert misread == list(video_shrinking.UNREADABLE_WIDTHS)


class TestShrinkFolder:

    def test_names_folders_and_pictures_are_kept(self, tmp_path):
        make_video(tmp_path / 'in' / 'a cat' / 'x.y.mp4', (128, 96))
        make_video(tmp_path / 'in' / 'dog.MP4', (96, 128))
        make_video(tmp_path / 'in' / 'b.avi', (64, 20))
        assert shrink(tmp_path / 'in', tmp_path / 'out') == []
        assert files(tmp_path /
                     'out') == ['a cat/x.y.mp4', 'b.avi.mp4', 'dog.mp4']
        for name, size in (('a cat/x.y.mp4', (32, 42)), ('dog.mp4', (42, 32)),
                           ('b.avi.mp4', (20, 64))):
            reader = decord.VideoReader(str(tmp_path / 'out' / name))
            assert len(reader) == 6
            assert reader.get_avg_fps() == pytest.approx(10)
            frame = reader[5].asnumpy().astype(int)
            assert frame.shape == (*size, 3)
            # red stays red, the left half turned yellow
            assert abs(frame[..., 0].mean() - 200) < 15
            left, right = np.array_split(frame[..., 1], 2, axis=1)
            assert left.mean() > 150 and right.mean() < 50

    def test_original_files_stay_as_they_are(self, tmp_path):
        path = make_video(tmp_path / 'in' / 'x.mp4')
        before = path.read_bytes()
        shrink(tmp_path / 'in', tmp_path / 'out')
        assert path.read_bytes() == before
        assert files(tmp_path / 'in') == ['x.mp4']

    def test_only_the_first_frames_on_request(self, tmp_path):
        make_video(tmp_path / 'in' / 'x.mp4')
        make_video(tmp_path / 'in' / 'short.mp4', num_frames=2)
        shrink(tmp_path / 'in', tmp_path / 'out', max_frames=4)
        for name, number in dict(x=4, short=2).items():
            path = tmp_path / 'out' / f'{name}.mp4'
            assert len(decord.VideoReader(str(path))) == number

    def test_evenly_spread_videos_on_request(self, tmp_path):
        for index in range(6):
            make_video(tmp_path / 'in' / f'{index}.mp4', num_frames=2)
        shrink(tmp_path / 'in', tmp_path / 'out', max_videos=3)
        assert files(tmp_path / 'out') == ['0.mp4', '2.mp4', '4.mp4']

    def test_a_second_run_makes_only_what_is_lacking(self, tmp_path):
        for name in 'ab':
            make_video(tmp_path / 'in' / f'{name}.mp4')
        shrink(tmp_path / 'in', tmp_path / 'out')
        (tmp_path / 'out' / 'b.mp4').unlink()
        # left behind by a run that was killed
        (tmp_path / 'out' / 'b.part.mp4').write_bytes(b'half')
        os.utime(tmp_path / 'out' / 'a.mp4', (1, 1))
        shrink(tmp_path / 'in', tmp_path / 'out')
        assert files(tmp_path / 'out') == ['a.mp4', 'b.mp4']
        assert (tmp_path / 'out' / 'a.mp4').stat().st_mtime == 1
        assert len(decord.VideoReader(str(tmp_path / 'out' / 'b.mp4'))) == 6
        shrink(tmp_path / 'in', tmp_path / 'out')  # nothing to do

    def test_a_bad_video_is_listed_with_the_reason(self, tmp_path, capsys):
        make_video(tmp_path / 'in' / 'good.mp4')
        (tmp_path / 'in' / 'bad.mp4').write_bytes(b'no video' * 100)
        skipped = shrink(tmp_path / 'in', tmp_path / 'out')
        (name, reason), = [line.split('\t') for line in skipped]
        assert name.endswith('bad.mp4') and len(reason) > 5
        text = (tmp_path / 'out' / 'skipped.txt').read_text()
        assert text == f'{skipped[0]}\n'
        assert '1 videos could not be read' in capsys.readouterr().out
        assert files(tmp_path / 'out') == ['good.mp4', 'skipped.txt']

    def test_a_video_that_breaks_off_leaves_nothing_behind(
            self, tmp_path, monkeypatch):
        source = make_video(tmp_path / 'in' / 'x.mp4')
        resize, calls = cv2.resize, []

        def fail_later(*args, **kwargs):
            calls.append(args)
            if len(calls) == 4:
                raise RuntimeError('damaged\nfrom here on')
            return resize(*args, **kwargs)

        monkeypatch.setattr(cv2, 'resize', fail_later)
        target = tmp_path / 'out' / 'x.mp4'
        reason = video_shrinking.shrink(
            video_shrinking.Job(source, target, 32, None))
        assert reason == 'damaged'
        # build_annotations.py would take the piece for a video
        assert files(tmp_path / 'out') == []

    def test_all_bad_is_an_error(self, tmp_path):
        (tmp_path / 'in').mkdir()
        (tmp_path / 'in' / 'bad.mp4').write_bytes(b'no video' * 100)
        with pytest.raises(ValueError, match='none of the 1 videos'):
            shrink(tmp_path / 'in', tmp_path / 'out')

    def test_no_folder_and_no_video_are_told_apart(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='is not a folder'):
            shrink(tmp_path / 'none', tmp_path / 'out')
        (tmp_path / 'in').mkdir()
        with pytest.raises(FileNotFoundError, match='holds no video.*.mp4'):
            shrink(tmp_path / 'in', tmp_path / 'out')

    def test_the_folder_of_the_originals_is_refused(self, tmp_path):
        make_video(tmp_path / 'in' / 'x.mp4')
        with pytest.raises(ValueError, match='`out`.*originals'):
            shrink(tmp_path / 'in', tmp_path / 'in' / '..' / 'in')

    @pytest.mark.parametrize('side', [15, 0, -3])
    def test_too_small_a_side_is_refused(self, tmp_path, side):
        make_video(tmp_path / 'in' / 'x.mp4')
        with pytest.raises(ValueError, match=f'`short_side`.*16.*{side}'):
            shrink(tmp_path / 'in', tmp_path / 'out', short_side=side)
        assert not (tmp_path / 'out').exists()


def test_every_broken_file_is_listed_and_every_other_copied_exactly(tmp_path):
    broken = write_broken(tmp_path / 'in')
    write(tmp_path / 'in' / 'good.mp4', 20, g=12)
    write(tmp_path / 'in' / 'b_frames.avi', 20, bf=2)
    skipped = shrink(tmp_path / 'in', tmp_path / 'out', short_side=96)
    # a folder and a missing file are not found as videos
    expected = {
        str(path)
        for name, path in broken.items()
        if name not in ('missing', 'directory')
    }
    assert {line.split('\t')[0] for line in skipped} == expected
    listed = (tmp_path / 'out' / 'skipped.txt').read_text().splitlines()
    assert listed == skipped and all(line.split('\t')[1] for line in listed)
    for name in ('good.mp4', 'b_frames.avi.mp4'):
        reader = decord.VideoReader(str(tmp_path / 'out' / name))
        frames = reader.get_batch(range(20)).asnumpy()
        assert numbers(frames) == list(range(20))


@pytest.mark.parametrize('names', [('a/x.avi', 'a/x.avi.mp4'),
                                   ('b/y.mp4', 'b/Y.MP4')])
def test_two_videos_with_one_copy_are_refused_before_any_work(
        make_video, tmp_path, names):
    source = make_video(tmp_path / 'source.mp4', size=(64, 64))
    for name in ('0.mp4', *names):
        (tmp_path / 'in' / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / 'in' / name).write_bytes(source.read_bytes())
    with pytest.raises(ValueError, match='would both be copied') as error:
        video_shrinking.shrink_folder(tmp_path / 'in', tmp_path / 'out', 32)
    assert all(name in str(error.value) for name in names)
    assert not (tmp_path / 'out').exists()


def film(path, times=None, rate=25, size=(172, 128)):
    """A photograph that a camera moves over, with each frame's number."""
    photo = load_sample_image('china.jpg')  # comes with scikit-learn
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), 'w') as file:
        stream = file.add_stream('libx264', rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt, stream.options = 'yuv420p', dict(crf='10')
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for n in range(40):
            frame = photo[60 + n:60 + n + size[1], 2 * n:2 * n + size[0]]
            frame = np.ascontiguousarray(frame)
            frame[:16, :128] = picture(n, size)[:16, :128]
            frame = av.VideoFrame.from_ndarray(frame, format='rgb24')
            if times is not None:
                frame.pts, frame.time_base = times[n], Fraction(1, 1000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


def read(path):
    reader = CheckedReader(path.read_bytes(), str(path))
    assert reader.seeks
    return reader, reader.get_batch(range(len(reader))).asnumpy()


@pytest.mark.parametrize('keyframes', [1, 4, 12, 250])
def test_frame_i_is_frame_i_of_the_original_and_looks_like_it(
        tmp_path, keyframes):
    source = film(tmp_path / 'in' / 'x.mp4')
    shrink(
        tmp_path / 'in',
        tmp_path / 'out',
        short_side=128,
        keyframes=keyframes,
        psnr=True)
    _, before = read(source)
    copy, after = read(tmp_path / 'out' / 'x.mp4')
    assert numbers(after) == list(range(40))
    assert (np.flatnonzero(copy.reader.keys) % keyframes == 0).all()
    assert copy.reader.keys.sum() == -(-40 // keyframes)
    wrong = (before.astype(float) - after) @ (0.299, 0.587, 0.114)
    psnr = 10 * np.log10(255**2 / (wrong**2).mean(axis=(1, 2)))
    # x264 gives less to frames that no other refers to
    assert psnr.min() > (32 if keyframes == 1 else 34)
    with (tmp_path / 'out' / 'report.csv').open() as file:
        row, = csv.DictReader(file)
    assert row['frames'] == '40' and row['width'] == '172'
    assert int(row['bytes before']) == source.stat().st_size
    assert abs(float(row['PSNR in dB']) - psnr.mean()) < 1


def test_better_quality_on_request(tmp_path):
    found = {}
    film(tmp_path / 'in' / 'x.mp4')
    for crf in (10, 30):
        job = video_shrinking.Job(
            tmp_path / 'in' / 'x.mp4',
            tmp_path / f'{crf}.mp4',
            128,
            crf=crf,
            compare=True)
        found[crf] = video_shrinking.shrink(job)
    assert found[10].psnr > found[30].psnr + 3
    assert found[10].bytes_after > 2 * found[30].bytes_after


def test_times_between_frames_are_kept(tmp_path):
    times = np.cumsum([0, *[20, 60, 20, 100] * 9, 20, 20, 60])
    film(tmp_path / 'in' / 'x.mp4', times.tolist(), rate=1000)
    shrink(tmp_path / 'in', tmp_path / 'out', short_side=128)
    reader, frames = read(tmp_path / 'out' / 'x.mp4')
    assert numbers(frames) == list(range(40))
    found = reader.get_frame_timestamp(np.arange(40))[:, 0]
    np.testing.assert_allclose(found - found[0], times / 1000, atol=1e-3)


def test_a_rate_that_is_no_whole_number_is_kept(tmp_path):
    film(tmp_path / 'in' / 'x.mp4', rate=Fraction(30000, 1001))
    shrink(tmp_path / 'in', tmp_path / 'out')
    reader, _ = read(tmp_path / 'out' / 'x.mp4')
    assert reader.get_avg_fps() == pytest.approx(30000 / 1001, rel=1e-6)


def test_turned_videos_are_written_upright(tmp_path):
    source = film(tmp_path / 'in' / 'x.mp4')
    upright = read(source)[1]
    data = source.read_bytes()
    straight = struct.pack('>9i', 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    turned = struct.pack('>9i', 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    place = data.index(straight, data.index(b'tkhd'))
    source.write_bytes(data[:place] + turned + data[place + 36:])
    shrink(tmp_path / 'in', tmp_path / 'out', short_side=128)
    _, frames = read(tmp_path / 'out' / 'x.mp4')
    assert frames.shape[1:3] == (172, 128)
    turned_back = np.rot90(frames, axes=(1, 2))
    assert np.abs(turned_back.astype(int) - upright).mean() < 4


def test_what_ends_its_process_is_listed_and_the_others_are_copied(
        tmp_path, monkeypatch):
    for name in 'abcd':
        film(tmp_path / 'in' / f'{name}.mp4')
    monkeypatch.setattr(video_shrinking, '_write', crash)
    skipped = shrink(tmp_path / 'in', tmp_path / 'out', workers=2)
    (name, reason), = [line.split('\t') for line in skipped]
    assert name.endswith('b.mp4') and 'ends the process' in reason
    assert files(tmp_path /
                 'out') == ['a.mp4', 'c.mp4', 'd.mp4', 'skipped.txt']


_write = video_shrinking._write


def crash(reader, job, part):
    if job.source.name == 'b.mp4':
        os._exit(1)
    return _write(reader, job, part)


def test_pyav_without_the_encoder_says_so(tmp_path, monkeypatch):
    film(tmp_path / 'in' / 'x.mp4')
    monkeypatch.setattr(av, 'codecs_available', {'h264'})
    with pytest.raises(ValueError, match='libx264.*pip install av'):
        shrink(tmp_path / 'in', tmp_path / 'out')


def test_copies_below_the_originals_are_not_copied_again(make_video, tmp_path):
    make_video(tmp_path / 'x.mp4', size=(64, 64))
    for _ in range(2):
        assert video_shrinking.shrink_folder(
            tmp_path, tmp_path / 'out', 32, workers=1) == []
    assert [p.name for p in tmp_path.rglob('*.mp4')].count('x.mp4') == 2


@pytest.mark.parametrize('options', [
    dict(max_frames=0),
    dict(max_videos=-1),
    dict(workers=0),
    dict(short_side=3),
    dict(keyframes=0),
    dict(crf=52),
    dict(preset='fastest')
])
def test_numbers_outside_their_range_are_refused(tmp_path, options):
    with pytest.raises(ValueError, match=f'`{next(iter(options))}`'):
        video_shrinking.shrink_folder(tmp_path, tmp_path / 'out', **options)
