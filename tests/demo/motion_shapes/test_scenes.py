"""Scenes: pairs of classes are one clip, the middle tells nothing."""
import numpy as np
import pytest

from demo.motion_shapes import classes, scenes, settings

PAIRS = range(0, len(classes.CLASSES), 2)


def clip(label, setting='easy', seed=0, num_frames=12):
    return scenes.render_clip(
        np.random.default_rng(seed), label, settings.SETTINGS[setting],
        (40, 32), num_frames)


class TestScenes:

    @pytest.mark.parametrize('setting', ['easy', 'hard'])
    @pytest.mark.parametrize('label', PAIRS)
    def test_a_pair_is_one_clip_played_forward_or_backward(
            self, label, setting):
        forward, backward = clip(label, setting), clip(label + 1, setting)
        assert (forward[::-1] == backward).all()
        assert (forward != backward).any()

    @pytest.mark.parametrize('setting', ['easy', 'hard'])
    def test_middle_frame_is_the_same_for_every_class(self, setting):
        # same draws, same state in the middle, whatever moves through it
        for seed in range(3):
            middle = clip(0, setting, seed, 13)[6].astype(int)
            for label in range(1, len(classes.CLASSES)):
                frames = clip(label, setting, seed, 13).astype(int)
                # a last bit of float32 may be another grey level
                assert np.abs(frames[6] - middle).max() <= 1
                assert np.abs(frames[0] - middle).max() > 20
                assert np.abs(frames[12] - middle).max() > 20

    def test_one_background_of_a_camera_that_stands_still_is_all_of_them(self):
        grid = np.random.default_rng(1).random((2, 1, 8, 9), dtype=np.float32)
        once, each = (
            scenes.draw_background(
                np.random.default_rng(0), seen, 5, settings.SETTINGS['easy'])
            for seen in (grid, np.repeat(grid, 5, axis=1)))
        assert once.shape == (5, 8, 9, 3)
        assert (once == each).all()
