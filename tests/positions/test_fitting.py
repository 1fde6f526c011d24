"""Position tables of a checkpoint against those of the model."""
import pytest
import torch

from mvd_mm.positions import (build_position_table, fit_position_table,
                              resize_position_table)

GRID = (2, 4, 4)


def table(kind='sincos_3d', grid=GRID):
    return build_position_table(kind, 48, grid)


def test_the_same_table_is_taken_bit_by_bit():
    assert torch.equal(
        fit_position_table(table(), table(), 'sincos_3d', GRID), table())


def test_another_grid_is_resized_and_extra_rows_are_kept():
    extra = torch.full((1, 1, 48), 7.)
    file = torch.cat([extra, table('sincos_2d', (1, 6, 6))], dim=1)
    own = torch.cat([torch.zeros_like(extra),
                     table('sincos_2d', (1, 4, 4))],
                    dim=1)
    fitted = fit_position_table(file, own, 'sincos_2d', (1, 4, 4), 1)
    assert fitted.shape == own.shape and torch.equal(fitted[:, :1], extra)
    torch.testing.assert_close(
        fitted[:, 1:], resize_position_table(file[:, 1:], (1, 6, 6),
                                             (1, 4, 4)))


@pytest.mark.parametrize('kind', ['sinusoid_1d', 'sincos_2d'])
def test_another_kind_of_the_same_shape_is_refused_by_name(kind):
    file = table(kind, GRID)
    assert file.shape == table().shape
    with pytest.raises(ValueError, match=f"'a.pos_embed'.*{kind}"):
        fit_position_table(file, table(), 'sincos_3d', GRID, key='a.pos_embed')


def test_learned_positions_of_the_same_shape_are_taken_on_trust():
    learned = torch.randn(1, 32, 48)
    assert torch.equal(
        fit_position_table(learned, table(), 'sincos_3d', GRID), learned)
    with pytest.raises(ValueError, match='unknown'):
        fit_position_table(learned[:, :30], table(), 'sincos_3d', GRID)


def test_a_1d_table_changes_frames_or_size_but_not_both():
    own = table('sinusoid_1d')
    for grid in ((4, 4, 4), (2, 6, 6)):
        file = table('sinusoid_1d', grid)
        torch.testing.assert_close(
            fit_position_table(file, own, 'sinusoid_1d', GRID),
            resize_position_table(file, grid, GRID))
    with pytest.raises(ValueError, match='one after the other'):
        fit_position_table(
            table('sinusoid_1d', (3, 5, 7)), own, 'sinusoid_1d', GRID)
