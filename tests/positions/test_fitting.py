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


@pytest.mark.parametrize('kind', ['sincos_3d', 'sinusoid_1d'])
def test_a_table_of_clips_on_another_grid_is_resized(kind):
    notes = []
    fitted = fit_position_table(
        table(kind, (2, 6, 6)), table(kind), kind, GRID, notes=notes)
    torch.testing.assert_close(
        fitted, resize_position_table(table(kind, (2, 6, 6)), (2, 6, 6), GRID))
    assert notes == []


@pytest.mark.parametrize('width, file, model', [
    (1280, (1, 16, 16), (1, 14, 14)),
    (768, (1, 14, 14), (1, 16, 16)),
    (48, (1, 16, 16), (1, 14, 21)),
    (48, (1, 12, 20), (1, 14, 14)),
    (48, (1, 2, 8), (1, 4, 4)),
    (48, (2, 6, 6), (4, 3, 3)),
])
@pytest.mark.parametrize('half', [True, False])
def test_a_fixed_2d_table_is_built_for_the_grid_never_resized(
        width, file, model, half):
    rows = build_position_table('sincos_2d', width, file)
    extra, notes = torch.zeros(1, 1, width), []
    own = build_position_table('sincos_2d', width, model)
    found = torch.cat([extra, rows], dim=1)
    fitted = fit_position_table(
        found.half() if half else found,
        torch.cat([extra, own], dim=1),
        'sincos_2d',
        model,
        num_extra=1,
        key='a.pos_embed',
        notes=notes)
    assert torch.equal(fitted, torch.cat([extra, own], dim=1))
    note, = notes
    assert str(file) in note and str(model) in note and 'built' in note
    # it matters: the table of H/14, resized, is another one
    if width == 1280:
        resized = resize_position_table(rows, file, model)
        assert (resized - own).pow(2).mean().sqrt() > 0.1


def test_a_2d_table_of_the_same_grid_needs_no_word():
    notes = []
    file = table('sincos_2d', (1, 4, 4))
    fitted = fit_position_table(
        file, file, 'sincos_2d', (1, 4, 4), notes=notes)
    assert torch.equal(fitted, file) and notes == []


def test_a_learned_2d_table_is_resized_with_a_word_and_extra_rows_are_kept():
    extra, notes = torch.full((1, 1, 48), 7.), []
    learned = table('sincos_2d', (1, 6, 6)) + 0.1 * torch.randn(1, 36, 48)
    fitted = fit_position_table(
        torch.cat([extra, learned], dim=1),
        torch.zeros(1, 17, 48),
        'sincos_2d', (1, 4, 4),
        num_extra=1,
        notes=notes)
    assert torch.equal(fitted[:, :1], extra)
    torch.testing.assert_close(
        fitted[:, 1:], resize_position_table(learned, (1, 6, 6), (1, 4, 4)))
    note, = notes
    assert 'none of the fixed tables' in note and 'resized' in note
    with pytest.raises(ValueError, match='unknown table of 35 positions'):
        fit_position_table(learned[:, 1:], torch.zeros(1, 16, 48), 'sincos_2d',
                           (1, 4, 4))


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
