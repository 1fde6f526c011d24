"""Pans: no frame tells them, two frames do."""
import numpy as np
import pytest

from demo.findings.pans import PANS, TRAVEL, draw_pan

SIDE = 16
LINE = (np.arange(SIDE) + .5) / SIDE
GRID = np.stack(np.meshgrid(LINE, LINE)).astype(np.float32)


def draw(label, number=400, frames=8):
    return np.stack([
        draw_pan(np.random.default_rng(seed), label, GRID, frames)
        for seed in range(number)
    ])


@pytest.fixture(scope='module')
def clips():
    return [draw(label) for label in range(len(PANS))]


def test_first_frames_are_the_same_for_every_label(clips):
    for other in clips[1:]:
        np.testing.assert_allclose(clips[0][:, 0], other[:, 0], atol=1e-6)


@pytest.mark.parametrize('frame', [3, 7])
def test_later_frames_are_distributed_as_the_first(clips, frame):
    """Means, spreads and slopes: of 400 clips, within their noise."""
    first = clips[0][:, 0]
    for clip in clips:
        later = clip[:, frame]
        assert abs(later.mean() - first.mean()) < .01
        assert abs(later.std() - first.std()) < .01
        for axis in (1, 2):
            slopes = [np.diff(f, axis=axis) for f in (first, later)]
            assert abs(slopes[1].mean()) < .003
            assert slopes[1].std() == pytest.approx(slopes[0].std(), rel=.05)


def test_a_classifier_of_single_frames_is_at_chance(clips):
    """Class means of pixels and of slopes' sizes, on other clips."""
    for frame in (0, 7):
        feats, found = [], []
        for label, clip in enumerate(clips):
            # no scene is in two classes
            image = clip[label * 100:label * 100 + 100, frame]
            slopes = [
                abs(np.diff(image, axis=axis)).mean((1, 2)) for axis in (1, 2)
            ]
            feats.append(
                np.concatenate([image.reshape(100, -1), *slopes], axis=1))
            found += [label] * 100
        feats, found = np.concatenate(feats), np.array(found)
        known = np.arange(400) % 2 == 0
        centres = np.stack(
            [feats[known & (found == k)].mean(0) for k in range(4)])
        distance = ((feats[~known, None] - centres)**2).sum(2)
        # chance is .25, with a deviation of .03
        assert (distance.argmin(1) == found[~known]).mean() < .36


@pytest.mark.parametrize('label', range(len(PANS)))
def test_the_scene_goes_where_the_name_says(label):
    clip = draw(label, number=60, frames=21)
    shifts = dict(right=(0, 1), down=(1, 0), left=(0, -1), up=(-1, 0))
    errors = {}
    for name, (down, right) in shifts.items():
        # one pixel of 16; it takes the scene 2 frames or so
        moved = np.roll(clip[:, :-2], (down, right), axis=(2, 3))
        inner = np.s_[:, :, 1:-1, 1:-1]
        errors[name] = np.abs(clip[:, 2:] - moved)[inner].mean()
    assert min(errors, key=errors.get) == PANS[label]


def test_speed_is_constant_and_in_its_range():
    slow, fast = TRAVEL
    for seed in range(20):
        clip = draw_pan(np.random.default_rng(seed), 0, GRID, 9)
        # the first column of a later frame was elsewhere before
        first, later = clip[0], clip[8]
        distance = [
            np.abs(later[:, k:] - first[:, :SIDE - k]).mean()
            for k in range(1, SIDE - 1)
        ]
        travel = (1 + np.argmin(distance)) / SIDE
        assert slow - 1.5 / SIDE < travel < fast + 1.5 / SIDE


@pytest.mark.parametrize('label', [-1, 4])
def test_other_labels_are_refused(label):
    with pytest.raises(ValueError, match='`label` must be in 0..3'):
        draw_pan(np.random.default_rng(0), label, GRID, 8)
