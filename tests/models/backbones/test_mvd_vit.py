"""The ViT: masked or whole, a drop-in for MMAction2's, safe to load into."""
import pytest
import torch
from mmaction.models.backbones.vit_mae import VisionTransformer

from mvd_mm.models import MVDVisionTransformer
from mvd_mm.positions import build_position_table, resize_position_table

KINDS = ['sincos_3d', 'sinusoid_1d', 'sincos_2d']
GRID = (2, 4, 4)


@pytest.fixture
def build(vit_cfg, randomise):

    def make(**overrides):
        return randomise(MVDVisionTransformer(**vit_cfg(**overrides))).eval()

    return make


@pytest.fixture
def clip():
    return torch.randn(2, 3, 4, 32, 32)


def hide_pixels(clip, mask, value):
    """Overwrite the pixels of the hidden tokens."""
    pixels = mask.reshape(-1, 1, *GRID)
    for dim, size in ((2, 2), (3, 8), (4, 8)):
        pixels = pixels.repeat_interleave(size, dim)
    return torch.where(pixels, torch.full_like(clip, value), clip)


class TestMask:

    def test_equals_embedding_everything_then_picking(self, build, clip,
                                                      draw_mask):
        vit, mask = build(use_mean_pooling=False), draw_mask(2, 32, 24)
        tokens = vit.patch_embed.projection(clip).flatten(2).transpose(1, 2)
        tokens = (tokens + vit.pos_embed)[~mask].reshape(2, 8, 32)
        for block in vit.blocks:
            tokens = block(tokens)
        torch.testing.assert_close(
            vit(clip, mask), vit.norm(tokens), rtol=1e-4, atol=1e-5)

    def test_hidden_pixels_do_not_count(self, build, clip, draw_mask):
        vit, mask = build(use_mean_pooling=False), draw_mask(2, 32, 24)
        before = vit(clip, mask)
        assert (vit(hide_pixels(clip, mask, 1e4), mask) == before).all()
        changed = vit(hide_pixels(clip, ~mask, 1.), mask)
        assert (changed - before).abs().amax(-1).min() > 1e-3

    def test_hiding_nothing_equals_no_mask(self, build, clip):
        vit, mask = build(use_mean_pooling=False), torch.zeros(2, 32).bool()
        torch.testing.assert_close(vit(clip, mask), vit(clip))

    def test_clips_do_not_see_each_other(self, build, clip, draw_mask):
        vit, mask = build(use_mean_pooling=False), draw_mask(2, 32, 24)
        torch.testing.assert_close(
            vit(clip, mask)[1:], vit(clip[1:], mask[1:]))

    def test_rejects_a_mask_of_another_grid(self, build, clip, draw_mask):
        with pytest.raises(ValueError, match='`mask`'):
            build()(clip, draw_mask(2, 16, 8))


class TestInPlaceOfMMAction2:

    @pytest.mark.parametrize(
        'options', [
            dict(use_mean_pooling=True),
            dict(use_mean_pooling=False),
            dict(init_values=0.1),
            dict(qkv_bias=False),
        ],
        ids=str)
    def test_parameters_have_the_same_names_and_shapes(self, vit_cfg, options):
        ours, theirs = ({
            k: v.shape
            for k, v in network(**vit_cfg(**options)).state_dict().items()
        } for network in (MVDVisionTransformer, VisionTransformer))
        assert ours == theirs

    @pytest.mark.parametrize('size', [32, 48])
    @pytest.mark.parametrize(
        'options', [
            dict(use_mean_pooling=True),
            dict(use_mean_pooling=True, return_feat_map=True),
            dict(use_mean_pooling=False, return_feat_map=True),
            dict(use_mean_pooling=True, init_values=0.1),
        ],
        ids=str)
    def test_same_weights_give_the_same_features(self, build, vit_cfg, options,
                                                 size):
        ours = build(pos_embed_type='sinusoid_1d', **options).double()
        theirs = VisionTransformer(**vit_cfg(**options)).double().eval()
        theirs.load_state_dict(ours.state_dict())
        clip = torch.randn(2, 3, 4, size, size, dtype=torch.float64)
        # MMAction2 resizes its table in double here, this package in single
        torch.testing.assert_close(
            ours(clip), theirs(clip), rtol=1e-5, atol=1e-5)

    def test_loads_into_each_other_strictly(self, build, vit_cfg):
        theirs = VisionTransformer(**vit_cfg())
        ours = build(pos_embed_type='sinusoid_1d')
        ours.load_state_dict(theirs.state_dict(), strict=True)
        theirs.load_state_dict(ours.state_dict(), strict=True)

    def test_linear_layers_start_at_a_deviation_of_002(self, vit_cfg):
        vit = MVDVisionTransformer(**vit_cfg(embed_dims=96))
        vit.init_weights()
        weights = torch.cat([b.attn.qkv.weight.flatten() for b in vit.blocks])
        # 55296 draws: 5 standard errors are 0.0003
        assert weights.std().item() == pytest.approx(0.02, abs=3e-4)
        assert (vit.blocks[0].attn.proj.bias == 0).all()


class TestOtherGrids:

    @pytest.mark.parametrize('frames, height, width',
                             [(4, 48, 24), (8, 32, 32), (2, 16, 40)])
    def test_feature_map_has_the_grid_of_the_clip(self, build, frames, height,
                                                  width):
        vit = build(return_feat_map=True)
        out = vit(torch.randn(2, 3, frames, height, width))
        assert out.shape == (2, 32, frames // 2, height // 8, width // 8)

    def test_feature_map_keeps_tokens_in_place(self, build):
        vit = build(use_mean_pooling=False)
        clip = torch.randn(1, 3, 4, 16, 40)
        tokens = vit(clip)  # (1, 2 * 2 * 5, D)
        vit.return_feat_map = True
        assert (vit(clip)[0, :, 1, 0, 3] == tokens[0, 10 + 3]).all()

    def test_positions_are_resized(self, build):
        vit = build(use_mean_pooling=False)
        clip = torch.randn(2, 3, 8, 48, 24)
        tokens = vit.patch_embed(clip) + resize_position_table(
            vit.pos_embed, GRID, (4, 6, 3))
        for block in vit.blocks:
            tokens = block(tokens)
        torch.testing.assert_close(vit.encode(clip), tokens)

    def test_a_mask_of_the_clips_grid_is_taken(self, build, draw_mask):
        vit, clip = build(use_mean_pooling=False), torch.randn(2, 3, 8, 48, 24)
        assert vit(clip, draw_mask(2, 72, 60)).shape == (2, 12, 32)


class TestLoading:

    @pytest.mark.parametrize('model', KINDS)
    @pytest.mark.parametrize('file', KINDS)
    def test_another_kind_of_table_is_refused(self, vit_cfg, file, model):
        source = MVDVisionTransformer(**vit_cfg(pos_embed_type=file))
        target = MVDVisionTransformer(**vit_cfg(pos_embed_type=model))
        if file == model:
            target.load_state_dict(source.state_dict())
            return
        with pytest.raises(ValueError) as info:
            target.load_state_dict(source.state_dict())
        for word in (file, f"pos_embed_type='{model}'", "'pos_embed'"):
            assert word in str(info.value)

    def test_names_the_key_with_its_prefix(self, vit_cfg):
        source = torch.nn.ModuleDict(
            dict(
                backbone=MVDVisionTransformer(**vit_cfg(
                    pos_embed_type='sinusoid_1d'))))
        target = torch.nn.ModuleDict(
            dict(backbone=MVDVisionTransformer(**vit_cfg())))
        with pytest.raises(ValueError, match="'backbone.pos_embed'"):
            target.load_state_dict(source.state_dict())

    @pytest.mark.parametrize('size, frames', [(64, 4), (32, 8), (24, 2)])
    @pytest.mark.parametrize('kind', ['sincos_3d', 'sincos_2d'])
    def test_a_table_of_another_grid_is_resized_or_built(
            self, build, kind, size, frames):
        source = build(pos_embed_type=kind, img_size=size, num_frames=frames)
        target = build(pos_embed_type=kind)
        target.load_state_dict(source.state_dict())
        if kind == 'sincos_2d':  # as MAE does
            expected = build_position_table(kind, 32, GRID)
            assert torch.equal(target.pos_embed, expected)
        else:
            torch.testing.assert_close(
                target.pos_embed,
                resize_position_table(source.pos_embed, source.grid_size,
                                      GRID))

    def test_a_1d_table_of_another_size_is_resized_slice_by_slice(self, build):
        # a 1-D table does not tell its grid: the time axis is the model's
        sizes = dict(pos_embed_type='sinusoid_1d', num_frames=8)
        source, target = build(img_size=64, **sizes), build(**sizes)
        target.load_state_dict(source.state_dict())
        torch.testing.assert_close(
            target.pos_embed,
            resize_position_table(source.pos_embed, (4, 8, 8), (4, 4, 4)))

    def test_another_grid_of_as_many_tokens_is_resized(self, build):
        source = build(img_size=16, num_frames=16)  # 8 x 2 x 2 = 2 x 4 x 4
        target = build()
        target.load_state_dict(source.state_dict())
        torch.testing.assert_close(
            target.pos_embed,
            resize_position_table(source.pos_embed, (8, 2, 2), GRID))

    def test_a_learned_table_of_the_same_shape_is_taken(self, build):
        target = build()
        learned = 0.02 * torch.randn(1, 32, 32)
        target.load_state_dict({**target.state_dict(), 'pos_embed': learned})
        assert (target.pos_embed == learned).all()

    def test_a_learned_table_of_another_grid_is_refused(self, build):
        target = build()
        learned = 0.02 * torch.randn(1, 50, 32)
        with pytest.raises(ValueError, match='unknown table of 50 positions'):
            target.load_state_dict({
                **target.state_dict(), 'pos_embed': learned
            })

    def test_a_table_in_half_precision_is_told(self, build):
        source = build(pos_embed_type='sinusoid_1d').half()
        with pytest.raises(ValueError, match='sinusoid_1d'):
            build().load_state_dict(source.state_dict())


class TestClassToken:

    @pytest.fixture
    def vit(self, build):
        return build(
            num_frames=1,
            tubelet_size=1,
            with_cls_token=True,
            qkv_bias='full',
            pos_embed_type='sincos_2d',
            use_mean_pooling=False)

    def test_stands_first(self, vit, draw_mask):
        frame, mask = torch.randn(2, 3, 1, 32, 32), draw_mask(2, 16, 12)
        tokens = vit.patch_embed(frame) + vit.pos_embed[:, 1:]
        tokens = torch.cat(
            [vit.cls_token.expand(2, 1, 32), tokens[~mask].reshape(2, 4, 32)],
            1)
        for block in vit.blocks:
            tokens = block(tokens)
        torch.testing.assert_close(vit.encode(frame, mask), tokens)

    def test_has_a_row_of_zeros_in_the_table(self, vit):
        assert vit.pos_embed.shape == (1, 17, 32)
        assert (vit.pos_embed[0, 0] == 0).all()
        assert (vit.pos_embed[:, 1:] == build_position_table(
            'sincos_2d', 32, (1, 4, 4))).all()

    def test_is_no_part_of_a_feature_map(self, vit):
        frame = torch.randn(2, 3, 1, 32, 32)
        tokens = vit(frame)
        assert tokens.shape == (2, 17, 32)
        vit.return_feat_map = True
        assert (vit(frame).flatten(2).transpose(1, 2) == tokens[:, 1:]).all()

    def test_positions_are_resized_beside_it(self, vit):
        assert vit(torch.randn(2, 3, 1, 48, 24)).shape == (2, 1 + 18, 32)

    def test_is_drawn_at_initialisation(self, vit):
        with torch.no_grad():
            vit.cls_token.zero_()
        vit.init_weights()
        assert 0.01 < vit.cls_token.std() < 0.03


class TestMisfits:

    @pytest.mark.parametrize('options, message', [
        (dict(img_size=30), '`img_size`.*24 pixels'),
        (dict(img_size=(32, 20)), r'`img_size`.*\(32, 20\)'),
        (dict(num_frames=5), '`num_frames`.*5 frames'),
        (dict(num_heads=5), '`num_heads`.*32 and 5'),
        (dict(embed_dims=24), '`embed_dims`.*16.*24'),
        (dict(pos_embed_type='3d'), "`pos_embed_type`.*'3d'"),
        (dict(qkv_bias='qv'), "`qkv_bias`.*'qv'"),
    ])
    def test_names_argument_and_value(self, vit_cfg, options, message):
        with pytest.raises(ValueError, match=message):
            MVDVisionTransformer(**vit_cfg(**options))

    def test_a_misspelt_argument_is_refused(self, vit_cfg):
        with pytest.raises(TypeError, match='drop_path'):
            MVDVisionTransformer(**vit_cfg(drop_path=0.1))

    def test_a_clip_that_does_not_divide_is_refused(self, build):
        with pytest.raises(ValueError, match='`num_frames`'):
            build()(torch.randn(1, 3, 3, 32, 32))
        with pytest.raises(ValueError, match='`img_size`'):
            build()(torch.randn(1, 3, 4, 36, 32))
