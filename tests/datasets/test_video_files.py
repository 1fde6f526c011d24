"""Videos are found by name whatever their ending, and read frame by frame."""
import cv2
import numpy as np
import pytest

from mvd_mm.datasets.video_files import (VIDEO_SUFFIXES, find_video,
                                         find_videos, frames_at, open_mp4,
                                         probe, read_frames)


class TestFindVideo:

    @pytest.mark.parametrize('suffix', VIDEO_SUFFIXES)
    def test_every_ending_that_is_listed_is_also_found(self, tmp_path, suffix):
        for ending in (suffix, suffix.upper()):
            path = tmp_path / ending[1:] / f'a.b{ending}'
            path.parent.mkdir()
            path.write_bytes(b'')
            assert find_videos(path.parent) == [path.name]
            assert find_video(path.parent, 'a.b') == path
            assert find_video(path.parent, path.name) == path

    def test_a_folder_of_that_name_is_no_video(self, tmp_path):
        (tmp_path / 'a').mkdir()
        (tmp_path / 'b.mp4').mkdir()
        for name in 'ab':
            with pytest.raises(FileNotFoundError, match=f'no video {name}'):
                find_video(tmp_path, name)

    def test_says_what_it_looked_for(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='.mp4 .avi .mkv'):
            find_video(tmp_path, 'a')


class TestFindVideos:

    def test_a_circle_of_links_ends(self, tmp_path):
        (tmp_path / 'a').mkdir()
        (tmp_path / 'a' / 'x.mp4').write_bytes(b'')
        (tmp_path / 'a' / 'up').symlink_to(tmp_path)
        assert find_videos(tmp_path) == ['a/x.mp4']

    def test_says_that_the_folder_is_missing(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='videos.*not a folder'):
            find_videos(tmp_path / 'none')

    def test_says_what_it_looked_for(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='.mp4 .avi .mkv'):
            find_videos(tmp_path)


class TestFrames:

    @pytest.fixture
    def video(self, make_video, tmp_path):
        return make_video(tmp_path / 'a.mp4', num_frames=15, size=(128, 64))

    def test_properties(self, video):
        assert probe(video) == (10, 15, (128, 64))

    def test_a_file_that_is_no_video_is_named(self, tmp_path):
        (tmp_path / 'a.mp4').write_bytes(b'x')
        with pytest.raises(ValueError, match='a.mp4 cannot be read'):
            probe(tmp_path / 'a.mp4')
        with pytest.raises(ValueError, match='a.mp4 has no readable'):
            next(read_frames(tmp_path / 'a.mp4'))
        with pytest.raises(FileNotFoundError, match='b.mp4'):
            next(read_frames(tmp_path / 'b.mp4'))

    def test_frames_at_gives_what_sequential_decoding_gives(self, video):
        capture = cv2.VideoCapture(str(video))
        every = [capture.read()[1] for _ in range(15)]
        assert (np.stack(list(read_frames(video))) == every).all()
        for index, frame in zip((0, 3, 3, 14), frames_at(video,
                                                         (3, 0, 14, 3))):
            assert (frame == every[index]).all()

    def test_a_frame_behind_the_end_is_named(self, video):
        with pytest.raises(ValueError, match='a.mp4 ends before frame 15'):
            list(frames_at(video, [0, 15]))

    def test_written_frames_are_read_back(self, tmp_path):
        writer = open_mp4(tmp_path / 'b.mp4', 25., (64, 32))
        for level in (50, 150):
            writer.write(np.full((32, 64, 3), level, dtype=np.uint8))
        writer.release()
        assert probe(tmp_path / 'b.mp4') == (25, 2, (64, 32))
        levels = [frame.mean() for frame in read_frames(tmp_path / 'b.mp4')]
        np.testing.assert_allclose(levels, [50, 150], atol=4)

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path):
        with pytest.raises(ValueError, match='cannot write.*none'):
            open_mp4(tmp_path / 'none' / 'b.mp4', 25., (64, 32))
