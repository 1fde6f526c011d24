"""Scenes: each label is told by what it should be, and by nothing else."""
import numpy as np

from demo.findings.plan import TASKS
from demo.findings.scenes import CLASSES, draw_clip, draw_labels


def labels(number, seed=0, split=0):
    return np.array([draw_labels(seed, split, k) for k in range(number)])


class TestLabels:

    def test_each_pair_is_in_each_block_of_16_once(self):
        for block in labels(160).reshape(10, 16, 2):
            assert len({tuple(pair) for pair in block}) == 16

    def test_one_label_says_nothing_of_the_other(self):
        counts = np.zeros((4, 4))
        np.add.at(counts, tuple(labels(1920).T), 1)
        joint = counts / counts.sum()
        apart = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
        assert np.abs(joint * np.log(joint / apart)).sum() < 1e-12

    def test_order_tells_nothing(self):
        for one in labels(1600).T:
            same = (one[1:] == one[:-1]).mean()
            assert abs(same - 3 / 15) < .03  # a block has 3 more of 15

    def test_seeds_and_splits_have_their_own(self):
        first = labels(64)
        assert (first != labels(64, seed=1)).any()
        assert (first != labels(64, split=1)).any()


def nearest_centre(feats, found):
    """Accuracy of nearest class means, on the half not used for them."""
    half = len(feats) // 2
    spread = feats[:half].std(0) + 1e-9
    centres = np.stack(
        [feats[:half][found[:half] == label].mean(0) for label in range(4)])
    distance = (((feats[half:, None] - centres) / spread)**2).sum(2)
    return (distance.argmin(1) == found[half:]).mean()


class TestAppearance:

    def test_colours_do_not_tell(self):
        found = np.arange(1600) % 4
        pixels = np.stack([
            draw_clip(np.random.default_rng(k), label, k // 4 % 4, 48, 2)[0]
            for k, label in enumerate(found)
        ]).reshape(1600, -1, 3) / 255
        # chance is .25, with a deviation of .015
        for feats in (pixels.mean(1), pixels.std(1)):
            assert nearest_centre(feats, found) < .31

    def test_the_flag_rests_whatever_moves(self):
        for motion in range(4):
            clip = self.clip(1, motion).astype(int)
            still = (np.ptp(clip, axis=0) == 0).all(2)
            # 45 % to 65 % of the side, some of it aslant
            assert .15 < still.mean() < .5

    def test_labels_change_flag_and_scene_alone(self):
        first = self.clip(0, 0)
        assert first.shape == (6, 48, 48, 3) and first.dtype == np.uint8
        same = (first == self.clip(3, 0)).all((0, 3))
        assert .5 < same.mean() < .95  # the scene
        same = (first == self.clip(0, 2)).all((0, 3))
        assert .15 < same.mean() < .5  # the flag

    def clip(self, appearance, motion, seed=5):
        return draw_clip(
            np.random.default_rng(seed), appearance, motion, 48, 6)


def test_every_task_has_its_classes():
    assert tuple(CLASSES) == TASKS
    assert all(len(names) == 4 for names in CLASSES.values())
