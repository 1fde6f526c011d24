"""Moves: the middle does not tell them, the ends tell a part, two frames all.
"""
import numpy as np
import pytest

from demo.findings.moves import MOVES, TRAVEL, draw_move

NUMBER = 4000


def draw(label, frames=21, start=0):
    """Places x and y, shape (NUMBER, 2, frames)."""
    states = [
        draw_move(np.random.default_rng(start + seed), label, frames)
        for seed in range(NUMBER)
    ]
    return np.stack([[state['x'], state['y']] for state in states])


@pytest.fixture(scope='module')
def places():
    """Of other draws for each label."""
    return [draw(label, start=NUMBER * label) for label in range(4)]


def accuracy(places, frame):
    """Of the best guess from the true place in one frame.

    Places are counted in 8 x 8 fields; half of them are known, half guessed.
    """
    fields = [
        np.clip(place[..., frame] * 8 // 1, 0, 7) @ (8, 1) for place in places
    ]
    counts = np.stack([
        np.bincount(field[::2].astype(int), minlength=64) for field in fields
    ])
    guess = counts.argmax(0)
    return np.mean([
        guess[field[1::2].astype(int)] == k for k, field in enumerate(fields)
    ])


def test_middle_frame_is_the_same_for_every_label():
    for other in range(1, 4):
        np.testing.assert_allclose(
            draw(0)[..., 10], draw(other)[..., 10], atol=1e-12)


def test_middle_does_not_tell_and_the_ends_tell_a_part(places):
    # chance is .25, with a deviation of .005
    assert accuracy(places, 10) < .27
    assert accuracy(places, 0) < .6 and accuracy(places, 20) < .6
    assert accuracy(places, 5) < accuracy(places, 0)


def test_opposites_are_each_other_in_reverse():
    for label in (0, 1):
        np.testing.assert_allclose(
            draw(label), draw(label + 2)[..., ::-1], atol=1e-12)


@pytest.mark.parametrize('label', range(len(MOVES)))
def test_goes_where_the_name_says(label, places):
    way = places[label][..., -1] - places[label][..., 0]
    step = dict(right=(1, 0), down=(0, 1), left=(-1, 0), up=(0, -1))
    travel = way @ step[MOVES[label]]
    assert TRAVEL[0] <= travel.min() and travel.max() <= TRAVEL[1]
    assert np.abs(way).sum(1) == pytest.approx(travel)


@pytest.mark.parametrize('label', [-1, 4])
def test_other_labels_are_refused(label):
    with pytest.raises(ValueError, match='`label` must be in 0..3'):
        draw_move(np.random.default_rng(0), label, 8)
