"""Objects: the texture's colours, and the way a painted one turns."""
import numpy as np
import pytest

from demo.motion_shapes import classes, objects


class TestObjects:

    def test_texture_is_the_bilinear_blend_of_its_nodes(self):
        nodes = np.random.default_rng(0).random((3, 3, 3), dtype=np.float32)
        ends = np.float32([-1, 0, 1])
        u, v = np.meshgrid(ends, ends)
        np.testing.assert_allclose(objects.blend(nodes, u, v), nodes)
        half, quarter = np.float32([.5]), np.float32([-.25])
        expected = (.5 * (.25 * nodes[0, 1] + .75 * nodes[1, 1]) + .5 *
                    (.25 * nodes[0, 2] + .75 * nodes[1, 2]))
        np.testing.assert_allclose(
            objects.blend(nodes, half, quarter)[0], expected, rtol=1e-6)
        # beyond its edges the outermost colours go on
        np.testing.assert_allclose(
            objects.blend(nodes, 3 * half, -8 * half)[0], nodes[0, 2])

    @pytest.mark.parametrize('label, corner', [(4, 1), (5, -1)])
    def test_clockwise_is_as_seen_on_the_screen(self, label, corner):
        # two blobs at the ends of a bar: the right end turns down (y grows)
        coordinate, backward = classes.split_label(label)
        state = classes.draw_trajectory(
            np.random.default_rng(0), coordinate, 20)
        angle = state['angle'][::-1] if backward else state['angle']
        frame = np.zeros((20, 64, 64, 3), dtype=np.float32)
        grid = np.stack(np.meshgrid(*[(np.arange(64) + .5) / 64] * 2))
        # green at the end that points right in the first frame
        texture = np.zeros((2, 2, 3), dtype=np.float32)
        texture[:, 1, 1] = 1
        look = objects.Look(texture, 4., -angle[0], np.inf, 0.)
        objects.paint(
            frame, grid.astype(np.float32), look,
            dict(
                x=np.full(20, .5),
                y=np.full(20, .5),
                angle=angle,
                size=np.full(20, .3)))
        weight = frame[3, ..., 1]
        assert corner * ((weight * grid[1]).sum() / weight.sum() - .5) > .01
