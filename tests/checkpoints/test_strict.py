"""Loading is strict: everything fits, or the misfits are named."""
import pytest
import torch

from mvd_mm.checkpoints import RULES, encoder_state_dict, load_strictly, rename
from mvd_mm.models import MVD, MVDVisionTransformer
from mvd_mm.positions import sinusoid_1d

SIZES = dict(img_size=24, patch_size=8, embed_dims=32, depth=2, num_heads=4)


@pytest.fixture
def student(golden):
    """A published pre-training file, in small."""
    return golden('pretrain_plain', 'student/')


@pytest.fixture
def vit():
    return MVDVisionTransformer(use_mean_pooling=False, **SIZES)


class TestStrictness:

    def test_names_what_is_missing_left_over_and_misshapen(self, vit, student):
        weights = encoder_state_dict(student)
        del weights['norm.bias']
        weights['extra'] = torch.ones(1)
        weights['blocks.0.norm1.weight'] = torch.ones(7)
        before = {k: v.clone() for k, v in vit.state_dict().items()}
        with pytest.raises(ValueError) as info:
            load_strictly(vit, weights, source='some.pth')
        for word in ("'some.pth'", 'MVDVisionTransformer', '1 missing',
                     'norm.bias', '1 unexpected', 'extra',
                     'blocks.0.norm1.weight: file (7,), model (32,)'):
            assert word in str(info.value)
        assert all((vit.state_dict()[k] == before[k]).all() for k in before)

    def test_weights_that_may_be_missing_keep_their_value(self, vit, student):
        weights = encoder_state_dict(student)
        del weights['norm.bias'], weights['norm.weight']
        before = vit.norm.weight.clone()
        load_strictly(vit, weights, allow_missing=('norm.', ))
        assert (vit.norm.weight == before).all()
        assert (
            vit.blocks[0].norm1.bias == student['blocks.0.norm1.bias']).all()

    def test_whole_file_of_another_width_is_refused(self, mvd_cfg, student):
        weights, _ = rename(student, RULES['mvd_pretrain'])
        cfg = mvd_cfg()
        for branch in cfg['branches'].values():
            branch['decoder']['embed_dims'] = 32
        with pytest.raises(ValueError, match='1 missing|unexpected|shape'):
            load_strictly(MVD(**cfg), weights)

    def test_decoder_of_another_grid_is_named(self, mvd_cfg):
        big = mvd_cfg()
        big['backbone']['img_size'] = 48
        for branch in big['branches'].values():
            branch['teacher']['vit']['img_size'] = 48
            branch['decoder']['grid_size'] = (2, 6, 6)
        with pytest.raises(
                ValueError,
                match=r'branches.image.decoder.pos_embed: file \(1, 72, 16\)'):
            load_strictly(MVD(**mvd_cfg()), MVD(**big).state_dict())

    def test_1d_table_in_a_decoder(self, mvd_cfg):
        model = MVD(**mvd_cfg())
        key = 'branches.video.decoder.pos_embed'
        weights = model.state_dict()
        weights[key] = sinusoid_1d(16, (2, 4, 4))
        with pytest.raises(ValueError, match=f'{key}.*sinusoid_1d.*sincos_3d'):
            load_strictly(model, weights)
