"""Persons and their actions are drawn where they are."""
import numpy as np
import pytest

from mvd_mm.visualization.action_boxes import Person, draw_persons


def person(x, colour=0, actions=(('walk', .5), )):
    return Person(np.array([x, .2, x + .2, .8]), actions, colour)


class TestDrawPersons:

    def test_small_frames_are_enlarged_and_the_input_is_kept(self):
        frame = np.full((64, 96, 3), 90, dtype=np.uint8)
        drawn = draw_persons(frame, [person(.3)], 'a')
        assert drawn.shape == (480, 720, 3) and (frame == 90).all()

    def test_box_stands_where_the_person_is(self):
        frame = np.full((480, 480, 3), 90, dtype=np.uint8)
        drawn = draw_persons(frame, [person(.3, actions=())])
        changed = np.argwhere((drawn != 90).any(axis=-1))
        low, high = changed.min(axis=0), changed.max(axis=0)
        np.testing.assert_allclose(low, [.2 * 480, .3 * 480], atol=6)
        np.testing.assert_allclose(high, [.8 * 480, .5 * 480], atol=6)

    def test_a_higher_score_has_a_longer_bar(self):
        frame = np.full((480, 480, 3), 90, dtype=np.uint8)

        def bar(score):
            drawn = draw_persons(frame, [person(.3, 2, (('walk', score), ))])
            # colour 2 is green; below the text's blue-white it is alone
            return int(((drawn[..., 1].astype(int) - drawn[..., 2])
                        > 60).sum())

        assert bar(.1) < bar(.5) < bar(1.)

    @pytest.mark.parametrize('x, y', [(0, 0), (.8, 0), (0, .4), (.8, .4)])
    def test_texts_at_the_edges_stay_inside(self, x, y):
        frame = np.full((480, 480, 3), 90, dtype=np.uint8)
        one = Person(
            np.array([x, y, x + .2, y + .6]),
            tuple((f'a long name of action {k}', .5) for k in range(9)), 0)
        drawn = draw_persons(frame, [one])
        assert drawn.shape == frame.shape and (drawn != frame).mean() > .1
