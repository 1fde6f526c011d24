"""Smaller copies of videos, and every way it can go wrong."""
import os

import cv2
import decord
import numpy as np
import pytest

from mvd_mm.datasets import video_shrinking
from mvd_mm.datasets.video_lists import check_video
from mvd_mm.datasets.video_shrinking import target_size
from tests.datasets.broken_files import numbers, write, write_broken

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
        if p.is_file())


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
    dict(short_side=3)
])
def test_numbers_outside_their_range_are_refused(tmp_path, options):
    with pytest.raises(ValueError, match=f'`{next(iter(options))}`'):
        video_shrinking.shrink_folder(tmp_path, tmp_path / 'out', **options)
