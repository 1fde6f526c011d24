"""The ten classes: which coordinate moves, how far, and which way."""
import numpy as np
import pytest

from demo.motion_shapes import classes


def trajectory(coordinate, seed=0, num_frames=20):
    return classes.draw_trajectory(
        np.random.default_rng(seed), coordinate, num_frames)


class TestClasses:

    @pytest.mark.parametrize('key', classes.FAMILIES)
    def test_one_coordinate_grows_steadily_and_the_others_rest(self, key):
        slow, fast = classes.TRAVEL[key]
        travels = []
        for seed in range(50):
            states = trajectory(key, seed)
            for name, values in states.items():
                assert values.shape == (20, )
                steps = np.diff(values)
                if name == key:
                    assert steps.min() > 0
                    assert np.ptp(steps) < 1e-9
                else:
                    assert (steps == 0).all()
            travels.append(np.ptp(states[key]))
        assert slow <= min(travels) < slow + .2 * (fast - slow)
        assert fast >= max(travels) > fast - .2 * (fast - slow)

    @pytest.mark.parametrize('num_frames', [2, 20, 21])
    @pytest.mark.parametrize('key', classes.FAMILIES)
    def test_travel_is_symmetric_around_one_middle(self, key, num_frames):
        # the mean over time is the middle, the same for every coordinate
        expected = trajectory('x', 7, num_frames)
        for name, values in trajectory(key, 7, num_frames).items():
            assert values.mean() == pytest.approx(expected[name].mean())
            np.testing.assert_allclose(values + values[::-1],
                                       2 * values.mean())

    def test_objects_stay_mostly_inside(self):
        outside = []
        for key in classes.FAMILIES:
            for seed in range(200):
                state = trajectory(key, seed)
                for way, centre in ((np.cos, 'x'), (np.sin, 'y')):
                    place = (
                        state[centre] +
                        state['radius'] * way(state['bearing']))
                    outside.append(np.maximum(-place, place - 1))
        # of the centre; those that travel are about three times that long
        farthest = (
            classes.CENTRE[1] + classes.TRAVEL['x'][1] / 2 +
            classes.RADIUS[1] - 1)
        assert .1 < np.max(outside) < farthest < .18
        assert np.mean(np.array(outside) > 0) < .02

    @pytest.mark.parametrize('name, key, backward', [
        ('move_right', 'x', False),
        ('move_left', 'x', True),
        ('move_down', 'y', False),
        ('move_up', 'y', True),
        ('rotate_clockwise', 'angle', False),
        ('rotate_counterclockwise', 'angle', True),
        ('grow', 'log_size', False),
        ('shrink', 'log_size', True),
        ('orbit_clockwise', 'bearing', False),
        ('orbit_counterclockwise', 'bearing', True),
    ])
    def test_each_name_tells_what_moves_where(self, name, key, backward):
        label = classes.CLASSES.index(name)
        assert classes.split_label(label) == (key, backward)

    def test_labels_are_balanced_and_shuffled(self):
        labels = [classes.label_of(0, 0, k) for k in range(120)]
        assert (np.bincount(labels, minlength=10) == 12).all()
        assert labels[:10] != labels[10:20]

    def test_rejects_a_label_that_does_not_exist(self):
        with pytest.raises(ValueError, match='label'):
            classes.split_label(10)
