"""An encoder loads out of any known file, strictly."""
import pytest
import torch

from mvd_mm.checkpoints import RULES, load_encoder, rename
from mvd_mm.models import MVDVisionTransformer
from mvd_mm.positions import sincos_2d

SIZES = dict(img_size=24, patch_size=8, embed_dims=32, depth=2, num_heads=4)
MAE = dict(
    num_frames=1,
    tubelet_size=1,
    with_cls_token=True,
    qkv_bias='full',
    pos_embed_type='sincos_2d',
    use_mean_pooling=False)


@pytest.fixture
def student(golden):
    """A published pre-training file, in small."""
    return golden('pretrain_plain', 'student/')


@pytest.fixture
def vit():
    return MVDVisionTransformer(use_mean_pooling=False, **SIZES)


def save(weights, path, key='model'):
    torch.save({key: weights}, path)
    return str(path)


class TestEncoder:

    def test_of_mvd(self, vit, student, tmp_path):
        load_encoder(vit, save(student, tmp_path / 'mvd.pth'))
        for ours, published in (
            ('patch_embed.projection.weight', 'patch_embed.proj.weight'),
            ('blocks.1.mlp.layers.0.0.bias', 'blocks.1.mlp.fc1.bias'),
            ('blocks.0.attn.q_bias', 'blocks.0.attn.q_bias'),
            ('norm.weight', 'norm.weight'),
        ):
            assert (vit.state_dict()[ours] == student[published]).all()

    def test_of_videomae_drops_the_pixel_decoder(self, golden, tmp_path):
        weights = golden('pretrain_plain', 'video_teacher/')
        weights.update({
            'mask_token': torch.zeros(1, 1, 16),
            'encoder_to_decoder.weight': torch.zeros(16, 48),
            'decoder.blocks.0.norm1.weight': torch.zeros(16),
            'decoder.head.bias': torch.zeros(384)
        })
        vit = MVDVisionTransformer(
            use_mean_pooling=False,
            pos_embed_type='sinusoid_1d',
            **{
                **SIZES, 'embed_dims': 48
            })
        load_encoder(vit, save(weights, tmp_path / 'videomae.pth'))
        assert (vit.blocks[1].attn.v_bias ==
                weights['encoder.blocks.1.attn.v_bias']).all()

    def test_of_mae_is_one_frame(self, golden, tmp_path):
        weights = golden('pretrain_plain', 'image_teacher/')
        vit = MVDVisionTransformer(
            **MAE, **{
                **SIZES, 'embed_dims': 16,
                'num_heads': 2
            })
        load_encoder(vit, save(weights, tmp_path / 'mae.pth'))
        assert (vit.patch_embed.projection.weight[:, :, 0] ==
                weights['patch_embed.proj.weight']).all()
        assert (vit.blocks[0].attn.qkv.bias ==
                weights['blocks.0.attn.qkv.bias']).all()

    def test_of_a_classifier_drops_head_and_unused_norm(
            self, golden, tmp_path):
        weights = golden('finetune_plain', 'model/')
        path = save(weights, tmp_path / 'ft.pth')
        pooled = MVDVisionTransformer(**{**SIZES, 'depth': 3})
        load_encoder(pooled, path)
        assert (pooled.fc_norm.weight == weights['fc_norm.weight']).all()
        tokens = MVDVisionTransformer(
            use_mean_pooling=False, **{
                **SIZES, 'depth': 3
            })
        load_encoder(tokens, path, allow_missing=('norm.', ))
        assert (tokens.norm.weight == 1).all()
        with pytest.raises(ValueError, match='missing.*norm.weight'):
            load_encoder(tokens, path)

    def test_of_ours_ignores_the_other_parts(self, vit, randomise, tmp_path):
        source = randomise(
            MVDVisionTransformer(use_mean_pooling=False, **SIZES))
        weights = {f'backbone.{k}': v for k, v in source.state_dict().items()}
        for part in ('branches.image.decoder.norm', 'cls_head.fc_cls', 'head',
                     'decoder.norm', 'data_preprocessor'):
            weights[f'{part}.weight'] = torch.ones(1)
        load_encoder(vit, save(weights, tmp_path / 'a.pth', 'state_dict'))
        for name, value in source.state_dict().items():
            assert (vit.state_dict()[name] == value).all()

    @pytest.mark.parametrize('prefix', [
        'module.', '_orig_mod.', 'encoder.', 'backbone.', 'module.backbone.',
        'module.encoder.'
    ])
    def test_published_prefixes_are_known(self, golden, tmp_path, prefix):
        weights = {
            k: v
            for k, v in golden('finetune_plain', 'model/').items()
            if not k.startswith('head.')
        }
        path = save({
            prefix + k: v
            for k, v in weights.items()
        }, tmp_path / 'ft.pth')
        vit = MVDVisionTransformer(**{**SIZES, 'depth': 3})
        load_encoder(vit, path)
        assert (vit.fc_norm.weight == weights['fc_norm.weight']).all()
        assert (vit.blocks[2].attn.proj.weight ==
                weights['blocks.2.attn.proj.weight']).all()

    def test_deepspeed_file(self, vit, student, tmp_path):
        weights = {f'module.{k}': v for k, v in student.items()}
        load_encoder(vit, save(weights, tmp_path / 'ds.pt', 'module'))
        assert (vit.norm.bias == student['norm.bias']).all()

    def test_unknown_weight_is_refused(self, vit, student, tmp_path):
        student['blocks.0.adapter.weight'] = torch.ones(1)
        with pytest.raises(KeyError, match='blocks.0.adapter.weight'):
            load_encoder(vit, save(student, tmp_path / 'mvd.pth'))

    def test_unknown_kind_is_refused(self, vit, tmp_path):
        with pytest.raises(ValueError, match='kind.*not known'):
            load_encoder(
                vit,
                save({'conv1.weight': torch.ones(1)}, tmp_path / 'resnet.pth'))

    def test_missing_file_is_named(self, vit):
        with pytest.raises(FileNotFoundError, match='no/such/file.pth'):
            load_encoder(vit, 'no/such/file.pth')


class TestPositions:

    def test_of_mae_at_224_are_built_for_a_model_at_196(self, tmp_path):
        # H/14: 16 x 16 patches and the class token, against 14 x 14; in small
        # with patches of 2 pixels
        sizes = dict(patch_size=2, embed_dims=16, depth=1, num_heads=2)
        big = MVDVisionTransformer(img_size=32, **MAE, **sizes)
        assert big.pos_embed.shape == (1, 257, 16)
        state = {f'backbone.{k}': v for k, v in big.state_dict().items()}
        path = save(state, tmp_path / 'mae.pth', 'state_dict')
        small = MVDVisionTransformer(img_size=28, **MAE, **sizes)
        small.pos_embed.fill_(7)
        report = load_encoder(small, path)
        assert small.pos_embed.shape == (1, 197, 16)
        assert (small.pos_embed[:, 0] == 0).all()
        assert torch.equal(small.pos_embed[:, 1:], sincos_2d(16, (1, 14, 14)))
        assert report.reshaped == ['pos_embed: (1, 257, 16) to (1, 197, 16)']
        note, = report.notes
        assert 'skipped' in note and '(1, 14, 14) built' in note

    def test_of_videomae_are_refused_for_an_mvd_student(
            self, vit, golden, student, tmp_path):
        source = MVDVisionTransformer(pos_embed_type='sinusoid_1d', **SIZES)
        student['pos_embed'] = source.pos_embed
        with pytest.raises(ValueError, match='sinusoid_1d.*sincos_3d'):
            load_encoder(vit, save(student, tmp_path / 'wrong.pth'))

    def test_are_built_where_a_file_has_none(self, vit, student, tmp_path):
        table = student.pop('pos_embed')
        load_encoder(vit, save(student, tmp_path / 'mvd.pth'))
        torch.testing.assert_close(vit.pos_embed, table, atol=1e-6, rtol=0)


class TestPretrainedInBackbone:
    """``init_cfg`` of a config names a published file or one of ours."""

    def build(self, path, **options):
        vit = MVDVisionTransformer(
            init_cfg=dict(type='Pretrained', checkpoint=path),
            **{
                **SIZES,
                **options
            })
        vit.init_weights()
        return vit

    @pytest.mark.parametrize('ours', [True, False])
    @pytest.mark.parametrize('form', [
        dict(use_mean_pooling=True),
        dict(use_mean_pooling=False, return_feat_map=True)
    ])
    def test_pretraining_feeds_recogniser_and_detector(self, student, tmp_path,
                                                       form, ours):
        weights = student
        if ours:
            weights, _ = rename(student, RULES['mvd_pretrain'])
        path = save(weights, tmp_path / 'a.pth', 'state_dict')
        vit = self.build(path, **form)
        assert (vit.blocks[1].attn.v_bias == student['blocks.1.attn.v_bias']
                ).all()
        if form['use_mean_pooling']:  # starts new
            assert (vit.fc_norm.weight == 1).all()
        else:
            assert (vit.norm.weight == student['norm.weight']).all()

    def test_classifier_feeds_a_detector_whose_norm_starts_new(
            self, golden, tmp_path):
        weights = golden('finetune_plain', 'model/')
        path = save(weights, tmp_path / 'a.pth')
        vit = self.build(
            path, depth=3, use_mean_pooling=False, return_feat_map=True)
        report = load_encoder(vit, path)
        assert (vit.norm.weight == 1).all() and (vit.norm.bias == 0).all()
        assert any('which tokens never passed' in r for r in report.dropped)
        assert any('starts new after a classifier' in r for r in report.fresh)
        assert 'dropped, 2: classification head' in str(report)


class TestPlantedFaults:

    def refuse(self, vit, weights, tmp_path, match, error=ValueError):
        before = {k: v.clone() for k, v in vit.state_dict().items()}
        with pytest.raises(error, match=match) as info:
            load_encoder(vit, save(weights, tmp_path / 'fault.pth'))
        assert 'fault.pth' in str(info.value)
        # never half a model
        assert all((vit.state_dict()[k] == v).all() for k, v in before.items())

    @pytest.mark.parametrize('key', [
        'blocks.0.attn.q_bias', 'blocks.1.norm2.bias', 'norm.weight',
        'patch_embed.proj.bias'
    ])
    def test_one_key_missing(self, vit, student, tmp_path, key):
        del student[key]
        self.refuse(vit, student, tmp_path, f"1 missing.*{key.split('.')[-1]}")

    def test_one_key_extra(self, vit, student, tmp_path):
        student['blocks.0.attn.k_bias'] = torch.zeros(32)
        self.refuse(vit, student, tmp_path, 'blocks.0.attn.k_bias', KeyError)

    def test_one_shape_changed(self, vit, student, tmp_path):
        student['blocks.0.mlp.fc1.weight'] = torch.ones(64, 32)
        self.refuse(vit, student, tmp_path, r'file \(64, 32\), model')

    def test_one_block_dropped(self, vit, student, tmp_path):
        student = {k: v for k, v in student.items() if 'blocks.1.' not in k}
        self.refuse(vit, student, tmp_path, '13 missing.*blocks.1.')

    def test_1d_table(self, vit, student, tmp_path):
        source = MVDVisionTransformer(pos_embed_type='sinusoid_1d', **SIZES)
        student['pos_embed'] = source.pos_embed
        self.refuse(vit, student, tmp_path, 'sinusoid_1d.*sincos_3d')

    @pytest.mark.parametrize('case, part, kind, own', [
        ('pretrain_plain', 'video_teacher/', 'sinusoid_1d', 'sincos_3d'),
        ('pretrain_plain', 'student/', 'sincos_3d', 'sinusoid_1d'),
    ])
    def test_a_file_without_the_table_that_goes_with_it(
            self, golden, tmp_path, case, part, kind, own):
        weights = golden(case, part)
        weights.pop('pos_embed', None)
        width = weights[f"{'encoder.' * ('video' in part)}norm.bias"].numel()
        vit = MVDVisionTransformer(
            use_mean_pooling=False,
            pos_embed_type=own,
            **{
                **SIZES, 'embed_dims': width
            })
        self.refuse(vit, weights, tmp_path,
                    f'fault.pth.*go with {kind}.*pos_embed_type={own!r}')

    def test_a_classifier_may_be_of_either_table_says_the_report(
            self, golden, tmp_path):
        path = save(golden('finetune_plain', 'model/'), tmp_path / 'a.pth')
        vit = MVDVisionTransformer(**{**SIZES, 'depth': 3})
        assert 'taken for one of sincos_3d' in str(load_encoder(vit, path))

    def test_a_learned_table_is_taken_with_a_word(self, vit, student,
                                                  tmp_path):
        student['pos_embed'] = student['pos_embed'] + 0.1
        report = load_encoder(vit, save(student, tmp_path / 'a.pth'))
        assert 'pos_embed is none of the fixed tables' in str(report)

    def test_a_table_of_nothing(self, vit, student, tmp_path):
        student['pos_embed'] = student['pos_embed'] * float('nan')
        self.refuse(vit, student, tmp_path, "fault.pth.*'pos_embed'.*NaN")

    @pytest.mark.parametrize('value', [
        torch.ones(32, dtype=torch.int64),
        torch.ones(32).to_sparse(),
        torch.ones(32, dtype=torch.complex64)
    ])
    def test_a_weight_of_another_type(self, vit, student, tmp_path, value):
        student['blocks.0.norm1.weight'] = value
        self.refuse(vit, student, tmp_path,
                    'of another shape or type.*blocks.0.norm1.weight')

    @pytest.mark.parametrize('half', ['weight', 'bias'])
    def test_half_a_norm_that_is_not_needed(self, vit, student, tmp_path,
                                            half):
        del student[f'norm.{half}']
        path = save(student, tmp_path / 'a.pth')
        with pytest.raises(ValueError, match=f'1 missing.*norm.{half}'):
            load_encoder(vit, path, allow_missing=('norm.', ))

    @pytest.mark.parametrize('size', [
        dict(embed_dims=48),
        dict(depth=3),
        dict(depth=1),
    ])
    def test_wrong_size_of_model(self, student, tmp_path, size):
        vit = MVDVisionTransformer(use_mean_pooling=False, **{**SIZES, **size})
        self.refuse(vit, student, tmp_path, 'does not fit')

    def test_huge_tensor_in_a_small_file(self, vit, student, tmp_path):
        student['blocks.0.norm1.weight'] = torch.ones(1).expand(10**13)
        self.refuse(vit, student, tmp_path, 'would fill 4.* bytes.*norm1')
