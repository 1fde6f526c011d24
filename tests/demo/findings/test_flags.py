"""Flags: the same colours, told by where they are."""
import numpy as np
import pytest

from demo.findings.flags import COLOURS, FLAGS, NODES, draw_flag, draw_places


@pytest.mark.parametrize('label', range(len(FLAGS)))
def test_each_colour_covers_a_quarter(label):
    shares = np.bincount(draw_places(label).ravel()) / NODES**2
    np.testing.assert_allclose(shares, .25, atol=.05)
    assert len(shares) == len(COLOURS)


def test_colours_are_where_the_names_say():
    rows, columns, quarters, frames = map(draw_places, range(4))
    assert (rows == rows[:, :1]).all() and (rows == columns.T).all()
    half = NODES // 2
    assert len(np.unique(quarters[:half, :half])) == 1
    # each turned by a quarter: only frames stay
    same = [(p == np.rot90(p)).all() for p in map(draw_places, range(4))]
    assert same == [False, False, False, True]
    assert frames[half, half] == 0 and frames[0, half] == 3


def test_draws_are_the_same_for_every_label():
    flags = [draw_flag(np.random.default_rng(3), k) for k in range(4)]
    for flag in flags[1:]:
        assert flag.turn == flags[0].turn
        # one smooth texture lies over all of them
        assert flag.texture.mean() == pytest.approx(
            flags[0].texture.mean(), abs=.02)


def test_no_colour_is_cut_off():
    textures = [draw_flag(np.random.default_rng(k), k % 4) for k in range(200)]
    values = np.stack([flag.texture for flag in textures])
    assert 0 <= values.min() and values.max() <= 1


@pytest.mark.parametrize('label', [-1, 4])
def test_other_labels_are_refused(label):
    with pytest.raises(ValueError, match='`label` must be in 0..3'):
        draw_places(label)
