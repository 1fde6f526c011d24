"""Lists of a folder's videos, and every way it can go wrong."""
import time

import cv2
import numpy as np
import pytest

from mvd_mm.datasets.video_lists import (build_lists, check_name, check_videos,
                                         write_lists)


def make_video(path, width=32):
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'mp4v'), 10, (width, 32))
    for level in range(4):
        writer.write(np.full((32, width, 3), 50 * level, dtype=np.uint8))
    writer.release()


def run(videos, out, overwrite=False):
    write_lists(out, build_lists(videos, workers=1), overwrite)


def read(path):
    return [line.split('\t') for line in path.read_text().splitlines()]


def hang_or_crash(path):
    """Stand in for a decoder that hangs; at module level for the workers."""
    if path.endswith('bad.mp4'):
        time.sleep(60)
    return ''


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    root = tmp_path_factory.mktemp('videos')
    for index in range(4):
        make_video(root / 'a cat' / f'my clip, {index}.mp4')
    make_video(root / 'dog' / 'deep' / 'x.mp4')
    make_video(root / 'dog' / 'y.mp4')
    (root / 'dog' / 'y.mp4').rename(root / 'dog' / 'y.MP4')
    (root / 'dog' / 'notes.txt').write_text('no video')
    (root / 'dog' / 'broken.mp4').write_bytes(b'not a video')
    (root / 'dog' / '._x.mp4').write_bytes(b'hidden')
    return root


class TestBuildLists:

    def test_labels_are_the_first_level_folders(self, videos, tmp_path):
        run(videos, tmp_path)
        train, val = read(tmp_path / 'train.txt'), read(tmp_path / 'val.txt')
        assert len(train) == 4 and len(val) == 2
        assert {tuple(line)
                for line in train + val} == {
                    *((f'a cat/my clip, {index}.mp4', '0')
                      for index in range(4)), ('dog/deep/x.mp4', '1'),
                    ('dog/y.MP4', '1')
                }
        assert (tmp_path / 'classes.txt').read_text() == 'a cat\ndog\n'

    def test_video_dataset_reads_names_with_blanks(self, videos, tmp_path):
        run(videos, tmp_path)
        for line in (tmp_path / 'train.txt').read_text().splitlines():
            # what mmaction.datasets.VideoDataset does with a line
            name, label = line.strip().split('\t')
            assert (videos / name).is_file() and int(label) in (0, 1)

    def test_unreadable_videos_are_listed_with_the_reason(
            self, videos, tmp_path, capsys):
        run(videos, tmp_path)
        (name, reason), = read(tmp_path / 'skipped.txt')
        assert 'dog/broken.mp4' in name and reason
        assert '6 videos, 1 skipped' in capsys.readouterr().out

    def test_without_sub_folders_every_label_is_0(self, tmp_path, capsys):
        make_video(tmp_path / 'videos' / 'only.mp4')
        run(tmp_path / 'videos', tmp_path / 'out')
        line = [['only.mp4', '0']]
        assert read(tmp_path / 'out' / 'train.txt') == line
        assert read(tmp_path / 'out' / 'val.txt') == line
        assert 'train AND val' in capsys.readouterr().out

    def test_video_beside_class_folders_is_skipped(self, tmp_path):
        make_video(tmp_path / 'videos' / 'loose.mp4')
        make_video(tmp_path / 'videos' / 'a' / 'x.mp4')
        run(tmp_path / 'videos', tmp_path / 'out')
        assert 'beside' in (tmp_path / 'out' / 'skipped.txt').read_text()
        assert read(tmp_path / 'out' / 'train.txt') == [['a/x.mp4', '0']]

    def test_width_that_decord_misreads_is_listed(self, tmp_path):
        # training reads it with PyAV
        make_video(tmp_path / 'videos' / 'odd.mp4', width=48)
        make_video(tmp_path / 'videos' / 'fine.mp4')
        contents = build_lists(tmp_path / 'videos', workers=1)
        assert contents['skipped.txt'] == ''
        assert 'odd.mp4' in contents['train.txt'] + contents['val.txt']

    def test_never_overwrites_other_annotations(self, videos, tmp_path):
        run(videos, tmp_path)
        run(videos, tmp_path)  # identical: fine
        (tmp_path / 'val.txt').write_text('mine 0\n')
        with pytest.raises(ValueError, match='--overwrite'):
            run(videos, tmp_path)
        assert (tmp_path / 'val.txt').read_text() == 'mine 0\n'
        run(videos, tmp_path, overwrite=True)
        assert len(read(tmp_path / 'val.txt')) == 2

    def test_says_that_all_are_unreadable(self, tmp_path):
        (tmp_path / 'a.avi').write_bytes(b'')
        with pytest.raises(ValueError, match='none of the 1 videos.*a.avi'):
            run(tmp_path, tmp_path / 'out')

    @pytest.mark.parametrize('share', [0, 1, -.5])
    def test_rejects_a_share_outside_the_unit_interval(self, share, tmp_path):
        with pytest.raises(ValueError, match='val_share'):
            build_lists(tmp_path, share)


class TestCheckVideos:

    def test_a_decoder_that_hangs_costs_its_time_limit(self, tmp_path):
        reasons = check_videos(
            tmp_path, ['bad.mp4', 'c.mp4', 'd.mp4'],
            workers=2,
            time_limit=1,
            check=hang_or_crash)
        assert 'no answer' in reasons['bad.mp4']
        assert reasons['c.mp4'] == reasons['d.mp4'] == ''

    @pytest.mark.parametrize('name', ['a\tb.mp4', 'a\nb.mp4', ' a.mp4'])
    def test_names_that_break_a_line_are_told(self, name):
        assert check_name(name)
