"""Persons are followed over key frames and drawn when they are there."""
import numpy as np
import pytest

from mvd_mm.datasets.video_files import probe, read_frames
from mvd_mm.visualization.action_boxes import Person
from mvd_mm.visualization.action_video import draw_video, follow, persons_at


def person(x, colour=0, actions=(('walk', .5), )):
    return Person(np.array([x, .2, x + .2, .8]), actions, colour)


class TestFollow:

    def test_overlapping_boxes_keep_their_colour(self):
        keys = {
            0: [person(.1), person(.6)],
            10: [person(.62), person(.12),
                 person(.35)]
        }
        colours = [[x.colour for x in found]
                   for found in follow(keys).values()]
        assert colours == [[0, 1], [1, 0, 2]]

    def test_boxes_glide_between_key_frames(self):
        keys = {10: [person(.2)], 20: [person(.4)]}
        for frame, x in ((10, .2), (13, .26), (18, .36), (20, .4)):
            found, = persons_at(keys, frame, 5)
            np.testing.assert_allclose(found.box, [x, .2, x + .2, .8])

    @pytest.mark.parametrize('frame, shown', [(4, 0), (5, 1), (15, 1),
                                              (16, 0)])
    def test_a_lone_key_frame_speaks_for_half_a_second(self, frame, shown):
        assert len(persons_at({10: [person(.2)]}, frame, 5)) == shown


class TestDrawVideo:

    def test_persons_are_drawn_half_a_second_around_a_key_frame(
            self, make_video, tmp_path):
        video = make_video(tmp_path / 'a.mp4', num_frames=40, size=(64, 64))
        out = tmp_path / 'new' / 'b.mp4'
        assert draw_video(video, {20: [person(.2)]}, out) == (40, 11)
        assert [path.name for path in out.parent.iterdir()] == ['b.mp4']
        assert probe(out) == (10, 40, (480, 480))
        # the middle of the box's left side, at x = 0.2 of the frame
        side = np.stack(
            [frame[220:260, 90:102].astype(int) for frame in read_frames(out)])
        plain = np.stack([
            frame[200, 300].astype(int) for frame in read_frames(out)
        ])[:, None, None]
        changed = np.abs(side - plain).max(axis=(1, 2, 3)) > 30
        assert np.flatnonzero(changed).tolist() == list(range(15, 26))

    @pytest.mark.parametrize('name', ['b.avi', 'a.mp4'])
    def test_only_a_new_mp4_is_written(self, make_video, tmp_path, name):
        video = make_video(tmp_path / 'a.mp4')
        before = video.read_bytes()
        with pytest.raises(ValueError, match='`out` must be a new file'):
            draw_video(video, {}, tmp_path / name)
        assert video.read_bytes() == before
