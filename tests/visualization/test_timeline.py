"""Classes over time."""
import cv2
import numpy as np

from mvd_mm.visualization.timeline import (COLOURS, chosen_classes,
                                           save_timeline)


def test_classes_that_win_come_first():
    scores = np.array([[.1, .5, .4, 0], [.1, .5, .4, 0], [.6, .1, .3, 0]])
    assert chosen_classes(scores, 2) == [1, 0]
    assert chosen_classes(scores, 9) == [1, 0, 2, 3]


def test_the_bar_has_the_colour_of_the_best_class(tmp_path):
    frames = np.full((20, 24, 32, 3), 128, dtype=np.uint8)
    scores = np.array([[.9, .1], [.9, .1], [.2, .8], [.2, .8]])
    times = [(i * .5, i * .5 + .5) for i in range(4)]
    save_timeline(
        frames,
        times,
        scores, ['a', 'b'],
        tmp_path / 't.png',
        'title',
        fps=10.)
    picture = cv2.imread(str(tmp_path / 't.png'))[..., ::-1].astype(int)
    where = []
    for colour in COLOURS[:2]:
        rgb = [int(colour[i:i + 2], 16) for i in (1, 3, 5)]
        near = (abs(picture - rgb).max(2) < 12)
        rows = near.sum(1)
        bar = near[rows.argmax()]
        where.append(np.flatnonzero(bar).mean())
        assert rows.max() > 300  # half of the width
    assert where[0] < where[1] - 300  # 'a' first, 'b' afterwards


def test_more_classes_than_colours_are_named_as_others(tmp_path):
    frames = np.full((20, 24, 32, 3), 128, dtype=np.uint8)
    scores = np.eye(9)
    times = [(i * .2, i * .2 + .2) for i in range(9)]
    save_timeline(
        frames,
        times,
        scores, [f'class {i}' for i in range(9)],
        tmp_path / 't.png',
        most=20,
        fps=10.)
    assert (tmp_path / 't.png').stat().st_size > 5000
