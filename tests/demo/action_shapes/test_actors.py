"""Actors: labels, looks and boxes agree with what is drawn."""
import numpy as np
import pytest

from demo.action_shapes import actors, parameters, render
from demo.motion_shapes import objects, settings


def scenes(number=40):
    meta = parameters.describe()
    return [render.draw_scene(meta, 'train', k)[0] for k in range(number)]


class TestActors:

    @pytest.mark.parametrize('key', actors.MOTIONS)
    def test_labels_tell_how_each_coordinate_moves(self, key):
        grows, falls = actors.MOTIONS[key]
        slow, fast = actors.SPEED[key]
        seen = set()
        for actor in sum(scenes(), []):
            steps = np.diff(actor.states[key]) * settings.FPS  # a second
            way = (grows in actor.actions) - (falls in actor.actions)
            seen.add(way)
            if way == 0:
                assert (steps == 0).all()
            else:
                assert slow - 1e-9 <= (way * steps).min()
                assert (way * steps).max() <= fast + 1e-9
        assert seen == {-1, 0, 1}

    def test_looks_agree_with_their_labels(self):
        for actor in sum(scenes(), []):
            assert ('round' in actor.actions) == (actor.look.power == 2)
            assert ('striped' in actor.actions) == (actor.look.stripes > 0)

    def test_actors_are_several_and_do_several_things(self):
        every = scenes(100)
        assert np.mean([len(x) > 1 for x in every]) > .85
        counts = [len(x.actions) for x in sum(every, [])]
        assert min(counts) == 1 and np.mean(np.array(counts) > 1) > .3

    def test_every_action_is_about_as_frequent(self):
        every = sum(scenes(300), [])
        share = [
            np.mean([name in x.actions for x in every])
            for name in actors.ACTIONS
        ]
        assert len(share) == 10 and .09 < min(share) and max(share) < .27

    def test_boxes_stay_inside_and_apart(self):
        for scene in scenes():
            boxes = np.stack([x.boxes() for x in scene])  # (N, T, 4)
            assert boxes.min() >= 0
            assert boxes[..., 2].max() <= 1.5 and boxes[..., 3].max() <= 1
            for k, one in enumerate(boxes):
                for other in boxes[k + 1:]:
                    assert actors._overlap(one, other) <= actors.APART

    @pytest.mark.parametrize('power', [2, np.inf])
    def test_box_is_the_tight_one_of_what_is_painted(self, power):
        side = 200
        grid = np.stack(np.meshgrid(*[(np.arange(side) + .5) / side] *
                                    2)).astype('f')
        white = np.ones((2, 2, 3), dtype=np.float32)
        look = objects.Look(white, 1.6, .4, power, 0.)
        states = dict(x=.5, y=.4, angle=.3, log_size=np.log(.5))
        actor = actors.Actor((), look, {
            k: np.full(1, v)
            for k, v in states.items()
        })
        frame = np.zeros((1, side, side, 3), dtype=np.float32)
        objects.paint(frame, grid, look, actor.pose())
        rows, columns = np.nonzero(frame[0, ..., 0] > .5)
        painted = np.array(
            [columns.min(),
             rows.min(),
             columns.max() + 1,
             rows.max() + 1]) / side
        np.testing.assert_allclose(actor.boxes()[0], painted, atol=2 / side)
