"""Three fixed tables, equal to the published ones."""
import pytest
import torch
from mmaction.models.backbones.vit_mae import get_sinusoid_encoding

from mvd_mm.positions import (POSITION_TABLES, build_position_table, sincos_2d,
                              sincos_3d, sinusoid_1d)

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
