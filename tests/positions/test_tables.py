"""Three fixed tables: equal to the published ones, and told apart."""
import pytest
import torch
from mmaction.models.backbones.vit_mae import get_sinusoid_encoding

from mvd_mm.positions import (POSITION_TABLES, build_position_table,
                                  identify_table, resize_position_table,
                                  sincos_2d, sincos_3d, sinusoid_1d)

GRID = (4, 3, 3)


class TestTables:

    @pytest.mark.parametrize('dims', [32, 48, 768])
    def test_1d_equals_the_table_of_mmaction(self, dims):
        torch.testing.assert_close(
            sinusoid_1d(dims, (8, 4, 4)),
            get_sinusoid_encoding(128, dims),
            rtol=0,
            atol=1e-6)

    def test_3d_equals_the_published_table(self, golden):
        case = golden('pretrain_narrow_decoder_norm', 'student/')
        for key, dims in (('pos_embed', 32), ('pos_embed_img', 16)):
            torch.testing.assert_close(
                sincos_3d(dims, (8, 3, 3)), case[key], rtol=0, atol=1e-6)

    def test_2d_equals_the_published_table_without_class_token(self, golden):
        table = golden('pretrain_plain', 'image_teacher/')['pos_embed']
        torch.testing.assert_close(
            sincos_2d(16, (1, 3, 3)), table[:, 1:], rtol=0, atol=1e-6)
        assert (table[:, 0] == 0).all()

    def test_3d_encodes_time_then_width_then_height(self):
        table = sincos_3d(32, (4, 3, 5)).reshape(4, 3, 5, 32)
        time, width, height = table.split([8, 12, 12], dim=-1)
        assert (time == time[:, :1, :1]).all()
        assert (width == width[:1, :1]).all()
        assert (height == height[:1, :, :1]).all()
        for part, axis in ((time, 0), (width, 2), (height, 1)):
            assert part.diff(dim=axis).abs().amax(-1).min() > 0.1

    def test_2d_is_the_same_for_every_time_slice(self):
        table = sincos_2d(16, GRID).reshape(4, 9, 16)
        assert (table == table[0]).all()

    @pytest.mark.parametrize('kind', sorted(POSITION_TABLES))
    def test_shape_and_precision(self, kind):
        table = build_position_table(kind, 32, GRID)
        assert table.shape == (1, 36, 32)
        assert table.dtype == torch.float32

    @pytest.mark.parametrize('function, dims, step', [(sincos_3d, 24, 16),
                                                      (sincos_2d, 18, 4)])
    def test_rejects_width_that_does_not_divide(self, function, dims, step):
        with pytest.raises(
                ValueError, match=f'`embed_dims`.* {step} .*{dims}'):
            function(dims, GRID)

    def test_rejects_unknown_kind(self):
        with pytest.raises(ValueError, match="`pos_embed_type`.*'learned'"):
            build_position_table('learned', 32, GRID)


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
