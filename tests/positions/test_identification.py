"""Tables are told apart by their values, and their grids with them."""
import pytest
import torch

from mvd_mm.positions import (POSITION_TABLES, build_position_table,
                              identify_table, sincos_3d, table_of)

GRID = (4, 3, 3)


class TestIdentify:

    @pytest.mark.parametrize('half', [False, True])
    @pytest.mark.parametrize('grid', [(8, 14, 14), (1, 14, 14), (2, 4, 4)])
    @pytest.mark.parametrize('kind', sorted(POSITION_TABLES))
    def test_tells_each_kind(self, kind, grid, half):
        table = build_position_table(kind, 64, grid)
        table = table.half() if half else table
        assert identify_table(table, [grid]) == (kind, grid)

    @pytest.mark.parametrize('kind', ['sincos_3d', 'sincos_2d'])
    def test_finds_a_square_grid_by_itself(self, kind):
        table = build_position_table(kind, 64, (8, 7, 7))
        assert identify_table(table) == (kind, (8, 7, 7))

    @pytest.mark.parametrize('kind, grid', [('sincos_3d', (8, 12, 16)),
                                            ('sincos_3d', (3, 20, 7)),
                                            ('sincos_2d', (1, 12, 16))])
    @pytest.mark.parametrize('dims', [16, 768])
    def test_finds_an_oblong_grid_by_itself(self, kind, grid, dims):
        table = build_position_table(kind, dims, grid)
        assert identify_table(table) == (kind, grid)

    def test_finds_an_oblong_grid_it_is_told(self):
        table = sincos_3d(64, (4, 3, 5))
        grids = [(8, 7, 7), (4, 5, 3), (4, 3, 5)]
        assert identify_table(table, grids) == ('sincos_3d', (4, 3, 5))

    def test_does_not_name_a_learned_table(self):
        table = 0.02 * torch.randn(1, 36, 32)
        assert identify_table(table, [GRID]) == (None, None)

    def test_does_not_name_a_disturbed_table(self):
        table = sincos_3d(32, GRID)
        table[0, 20, 7] += 0.01
        assert identify_table(table, [GRID]) == (None, None)


class TestTableOf:

    @pytest.mark.parametrize('kind', sorted(POSITION_TABLES))
    @pytest.mark.parametrize('extra', [0, 1])
    def test_with_and_without_a_class_token(self, kind, extra):
        rows = [torch.zeros(1, 1, 32)] * extra
        rows.append(build_position_table(kind, 32, (2, 4, 4)))
        assert table_of(torch.cat(rows, dim=1)) == kind

    @pytest.mark.parametrize('table', [
        torch.randn(1, 32, 32),
        torch.full((1, 32, 32), torch.nan),
        torch.zeros(1, 32, 32),
        torch.randn(32, 32),
        torch.empty(1, 32, 32, device='meta'),
    ])
    def test_others_are_unknown(self, table):
        assert table_of(table) == 'unknown'
