"""Tables are resized over time, height and width."""
import pytest
import torch

from mvd_mm.positions import resize_position_table

GRID = (4, 3, 3)


class TestResize:

    def test_same_grid_changes_nothing(self):
        table = torch.randn(1, 36, 8)
        assert (resize_position_table(table, GRID, GRID) == table).all()

    @pytest.mark.parametrize('target', [(4, 5, 5), (2, 3, 3), (8, 2, 7)])
    def test_keeps_a_constant(self, target):
        table = torch.full((1, 36, 8), 0.7)
        resized = resize_position_table(table, GRID, target)
        assert resized.shape == (1, target[0] * target[1] * target[2], 8)
        torch.testing.assert_close(resized, torch.full_like(resized, 0.7))

    def test_half_the_time_slices_are_means_of_neighbours(self):
        table = torch.randn(1, 36, 8)
        slices = table.reshape(4, 9, 8)
        means = (slices[0::2] + slices[1::2]) / 2
        torch.testing.assert_close(
            resize_position_table(table, GRID, (2, 3, 3)),
            means.reshape(1, 18, 8))

    def test_axes_are_not_exchanged(self):
        column = torch.arange(3.).repeat(4 * 3).reshape(1, 36, 1)  # value: x
        resized = resize_position_table(column, GRID, (4, 6, 3))
        torch.testing.assert_close(
            resized.reshape(4, 6, 3),
            torch.arange(3.).expand(4, 6, 3))

    def test_keeps_the_precision_of_the_table(self):
        table = torch.randn(1, 36, 8).half()
        resized = resize_position_table(table, GRID, (4, 5, 5))
        assert resized.dtype == torch.float16
