"""Converted weights compute the same, and come back bit-identical."""
import json

import pytest
import torch
from mmaction.models import VisionTransformer

from mvd_mm.checkpoints import (detect_kind, load_strictly, name_weights,
                                read_state_dict, write_state_dict)
from mvd_mm.conversion import convert, describe, find_gaps
from mvd_mm.models import MaskedAutoencoder, MVDVisionTransformer
from mvd_mm.positions import sinusoid_1d

FINETUNE = ['finetune_plain', 'finetune_layer_scale']
PRETRAIN = [
    'pretrain_plain', 'pretrain_narrow_decoder_norm',
    'pretrain_l1_l2_weighted', 'pretrain_smaller_image_teacher'
]


def sizes(golden_dir, case):
    options = json.loads((golden_dir / f'{case}.json').read_text())
    return {
        k: options[k]
        for k in ('img_size', 'patch_size', 'num_frames', 'tubelet_size',
                  'embed_dims', 'depth', 'num_heads', 'init_values')
    }


def grid(cfg):
    side = cfg['img_size'] // cfg['patch_size']
    return (cfg['num_frames'] // cfg['tubelet_size'], side, side)


def same(path, weights):
    found = read_state_dict(path)
    assert set(found) == set(weights)
    for key, value in weights.items():
        assert found[key].dtype == value.dtype
        assert torch.equal(found[key], value), key


@pytest.fixture
def backbone_of():
    """Weights of the backbone in a file under our names or MMAction2's."""

    def read(path):
        return {
            k[len('backbone.'):]: v
            for k, v in read_state_dict(path).items()
            if k.startswith('backbone.')
        }

    return read


class TestGolden:

    @pytest.mark.parametrize('suffix', ['pth', 'safetensors'])
    @pytest.mark.parametrize('case', FINETUNE)
    def test_classifier_computes_the_published_feature(self, golden,
                                                       golden_dir, save,
                                                       tmp_path, backbone_of,
                                                       case, suffix):
        path = str(tmp_path / f'ours.{suffix}')
        convert(save(golden(case, 'model/')), path, 'ours')
        vit = MVDVisionTransformer(**sizes(golden_dir, case)).eval()
        load_strictly(vit, backbone_of(path))
        torch.testing.assert_close(
            vit(golden(case, 'video')['']),
            golden(case, 'feature')[''],
            rtol=1e-5,
            atol=1e-5)

    @pytest.mark.parametrize('case', FINETUNE)
    def test_mmactions_own_network_computes_the_published_feature(
            self, golden, golden_dir, save, tmp_path, backbone_of, case):
        cfg = sizes(golden_dir, case)
        path = str(tmp_path / 'mmaction.pth')
        report = convert(
            save(golden(case, 'model/')), path, 'mmaction', grid=grid(cfg))
        assert 'wrote the sincos_3d table' in str(report)
        vit = VisionTransformer(**cfg).eval()
        vit.load_state_dict(backbone_of(path), strict=True)
        torch.testing.assert_close(
            vit(golden(case, 'video')['']),
            golden(case, 'feature')[''],
            rtol=1e-5,
            atol=1e-5)

    @pytest.mark.parametrize('suffix', ['pth', 'safetensors'])
    @pytest.mark.parametrize(
        'case, prefix, to', [(case, 'model/', 'mvd_finetune')
                             for case in FINETUNE] +
        [(case, f'{part}/', to) for case in PRETRAIN
         for part, to in (('student', 'mvd_pretrain'),
                          ('image_teacher', 'mae'),
                          ('video_teacher', 'videomae_pretrain'))])
    def test_comes_back_bit_identical(self, golden, save, tmp_path, case,
                                      prefix, to, suffix):
        ours, back = (str(tmp_path / f'{x}.{suffix}') for x in 'ab')
        convert(save(golden(case, prefix)), ours, 'ours')
        convert(ours, back, to)
        same(back, golden(case, prefix))


class TestOtherNamings:

    @pytest.fixture
    def classifier(self, vit_cfg, randomise, save):
        """A VideoMAE classifier as MMAction2 writes it."""
        vit = randomise(VisionTransformer(**vit_cfg()))
        weights = {f'backbone.{k}': v for k, v in vit.state_dict().items()}
        weights['cls_head.fc_cls.weight'] = torch.randn(5, 32)
        weights['cls_head.fc_cls.bias'] = torch.randn(5)
        return weights

    @pytest.mark.parametrize('to', ['huggingface', 'videomae_finetune'])
    def test_mmaction_there_and_back(self, classifier, save, tmp_path, to):
        path = save(classifier, section='state_dict')
        there, back = (str(tmp_path / f'{x}.pth') for x in 'ab')
        assert detect_kind(classifier) == 'mmaction'
        report = convert(path, there, to)
        assert 'backbone.pos_embed' in sum(report.dropped.values(), [])
        convert(
            there, back, 'mmaction', pos_embed='sinusoid_1d', grid=(2, 4, 4))
        table = classifier.pop('backbone.pos_embed')
        found = read_state_dict(back)
        torch.testing.assert_close(
            found.pop('backbone.pos_embed'), table, rtol=0, atol=1e-6)
        assert set(found) == set(classifier)
        assert all(torch.equal(found[k], classifier[k]) for k in found)

    def test_names_of_hugging_face(self, classifier, save, tmp_path):
        path = str(tmp_path / 'hf.safetensors')
        convert(save(classifier), path, 'huggingface')
        found = read_state_dict(path)
        layer = 'videomae.encoder.layer.1.'
        qkv = classifier['backbone.blocks.1.attn.qkv.weight']
        for number, part in enumerate(('query', 'key', 'value')):
            name = f'{layer}attention.attention.{part}.weight'
            assert torch.equal(found[name], qkv[32 * number:32 * number + 32])
        for theirs, ours in (
            (f'{layer}attention.attention.q_bias', 'blocks.1.attn.q_bias'),
            (f'{layer}attention.output.dense.bias', 'blocks.1.attn.proj.bias'),
            (f'{layer}intermediate.dense.weight',
             'blocks.1.mlp.layers.0.0.weight'),
            (f'{layer}output.dense.weight', 'blocks.1.mlp.layers.1.weight'),
            (f'{layer}layernorm_before.bias', 'blocks.1.norm1.bias'),
            (f'{layer}layernorm_after.bias', 'blocks.1.norm2.bias'),
            ('videomae.embeddings.patch_embeddings.projection.weight',
             'patch_embed.projection.weight'),
            ('fc_norm.weight', 'fc_norm.weight'),
        ):
            assert torch.equal(found[theirs], classifier[f'backbone.{ours}'])
        assert torch.equal(found['classifier.bias'],
                           classifier['cls_head.fc_cls.bias'])

    def test_hugging_face_file_without_its_prefix(self, classifier, save,
                                                  tmp_path):
        path = str(tmp_path / 'hf.pth')
        convert(save(classifier), path, 'huggingface')
        bare = {
            k[len('videomae.'):]: v
            for k, v in read_state_dict(path).items()
            if k.startswith('videomae.')
        }
        weights, kind, _ = name_weights(
            read_state_dict(save(bare, 'b.pth', 'x'), section='x'))
        assert kind == 'huggingface'
        key = 'backbone.blocks.0.attn.qkv.weight'
        assert torch.equal(weights[key], classifier[key])

    @pytest.mark.parametrize('to', ['mae', 'videomae_pretrain', 'huggingface'])
    def test_stage_1_there_and_back(self, vit_cfg, randomise, save, tmp_path,
                                    to):
        mae = to == 'mae'
        kind = dict(
            qkv_bias='full' if mae else True,
            pos_embed_type='sincos_2d' if mae else 'sinusoid_1d')
        frames = dict(num_frames=1, tubelet_size=1) if mae else {}
        model = randomise(
            MaskedAutoencoder(
                backbone=dict(
                    type='mvd_mm.MVDVisionTransformer',
                    use_mean_pooling=False,
                    with_cls_token=mae,
                    **kind,
                    **vit_cfg(**frames)),
                decoder=dict(
                    type='mvd_mm.MaskedTokenDecoder',
                    in_channels=32,
                    out_channels=192 if mae else 384,
                    grid_size=(1 if mae else 2, 4, 4),
                    embed_dims=16,
                    depth=1,
                    num_heads=2,
                    proj_bias=mae,
                    num_extra_tokens=int(mae),
                    **kind),
                head=dict(
                    type='mvd_mm.PixelReconstructionHead',
                    patch_size=8,
                    tubelet_size=1 if mae else 2)))
        weights = model.state_dict()
        there, back = (str(tmp_path / f'{x}.pth') for x in 'ab')
        convert(save(weights, section='state_dict'), there, to)
        assert detect_kind(read_state_dict(there)) == to
        if mae:  # with a row for the class token
            table = read_state_dict(there)['decoder_pos_embed']
            assert table.shape == (1, 17, 16) and not table[:, 0].any()
        convert(there, back, 'ours')
        if not mae:  # VideoMAE's files hold no tables
            weights = {
                k: v
                for k, v in weights.items() if not k.endswith('pos_embed')
            }
        same(back, weights)


class TestRefused:

    @pytest.mark.parametrize('to', ['huggingface', 'videomae_finetune'])
    def test_mvd_in_a_naming_that_builds_another_table(self, golden, save,
                                                       tmp_path, to):
        path = save(golden('finetune_plain', 'model/'))
        with pytest.raises(ValueError, match='sincos_3d.*build sinusoid_1d'):
            convert(path, str(tmp_path / 'x.pth'), to)
        assert not (tmp_path / 'x.pth').exists()

    def test_a_classifier_as_pretraining(self, golden, save, tmp_path):
        with pytest.raises(ValueError, match="'mvd_pretrain' has no name for"):
            convert(
                save(golden('finetune_plain', 'model/')),
                str(tmp_path / 'x.pth'), 'mvd_pretrain')

    @pytest.mark.parametrize('key', [
        'norm.bias', 'blocks.0.attn.q_bias', 'blocks.1.norm2.weight',
        'decoder_img.head.bias', 'down_vid.weight', 'mask_token_img'
    ])
    def test_one_weight_missing(self, golden, save, tmp_path, key):
        weights = golden('pretrain_plain', 'student/')
        del weights[key]
        name = key.rsplit('.', 2)[-1].replace('_img', '')
        with pytest.raises(ValueError, match='not complete') as info:
            convert(save(weights), str(tmp_path / 'x.pth'), 'ours')
        assert name in str(info.value)
        report = convert(
            save(weights), str(tmp_path / 'x.pth'), 'ours', allow_missing=[])
        assert name in str(report)

    def test_only_what_is_allowed_may_be_missing(self, golden, save, tmp_path):
        weights = golden('pretrain_plain', 'student/')
        del weights['norm.bias'], weights['blocks.0.attn.q_bias']
        with pytest.raises(ValueError) as info:
            convert(
                save(weights),
                str(tmp_path / 'x.pth'),
                'ours',
                allow_missing=['backbone.norm.'])
        assert 'q_bias' in str(info.value)
        assert 'norm.bias' not in str(info.value)

    def test_all_biases_of_query_and_value_missing(self, golden, save,
                                                   tmp_path):
        weights = {
            k: v
            for k, v in golden('finetune_plain', 'model/').items()
            if not k.endswith(('q_bias', 'v_bias'))
        }
        with pytest.raises(ValueError, match='6 missing.*q_bias'):
            convert(save(weights), str(tmp_path / 'x.pth'), 'ours')

    @pytest.mark.parametrize('block', [0, 1])
    def test_one_block_dropped(self, golden, save, tmp_path, block):
        weights = {
            k: v
            for k, v in golden('finetune_plain', 'model/').items()
            if not k.startswith(f'blocks.{block}.')
        }
        with pytest.raises(ValueError, match=f'blocks.{block}.'):
            convert(save(weights), str(tmp_path / 'x.pth'), 'ours')

    def test_last_block_of_a_known_size_dropped(self, published, save,
                                                tmp_path):
        weights = {
            k: v
            for k, v in published('mvd_finetune_base_k400').items()
            if not k.startswith('blocks.11.')
        }
        assert describe(name_weights(weights)[0]).depth == 11
        with pytest.raises(ValueError, match='13 missing.*blocks.11'):
            convert(save(weights), str(tmp_path / 'x.pth'), 'ours')

    def test_one_shape_changed(self, golden, save, tmp_path):
        weights = golden('finetune_plain', 'model/')
        weights['blocks.1.mlp.fc2.weight'] = torch.ones(32, 64)
        with pytest.raises(ValueError, match=r'file \(32, 64\), model'):
            convert(save(weights), str(tmp_path / 'x.pth'), 'ours')

    def test_mvd_once_converted_is_not_taken_for_videomae(
            self, golden, save, tmp_path):
        # no table in the file: the converted file remembers which
        for suffix in ('pth', 'safetensors'):
            ours = str(tmp_path / f'ours.{suffix}')
            convert(save(golden('finetune_plain', 'model/')), ours, 'ours')
            with pytest.raises(ValueError, match='sincos_3d.*sinusoid_1d'):
                convert(ours, str(tmp_path / 'x.pth'), 'huggingface')

    @pytest.mark.parametrize('key', [
        'backbone.extra.weight', 'backbone.blocks.0.attn.k_bias',
        'backbone.blocks.foo.weight', 'backbone.blocks.99999999999.w',
        'branches.image.decoder.extra'
    ])
    @pytest.mark.parametrize('to', ['ours', 'mmaction'])
    def test_one_weight_too_many_under_our_names(self, golden, save, tmp_path,
                                                 key, to):
        ours = str(tmp_path / 'ours.pth')
        convert(save(golden('pretrain_plain', 'student/')), ours, 'ours')
        weights = read_state_dict(ours)
        weights[key] = torch.ones(1)
        with pytest.raises(ValueError, match=f'file.pth.*{key}'):
            convert(save(weights), str(tmp_path / 'x.pth'), to)
        assert not (tmp_path / 'x.pth').exists()

    @pytest.mark.parametrize('key', ['head.weight', 'head.bias'])
    def test_half_a_classifier(self, golden, save, tmp_path, key):
        weights = golden('finetune_plain', 'model/')
        del weights[key]
        with pytest.raises(ValueError, match=f'fc_cls.{key[5:]}'):
            convert(save(weights), str(tmp_path / 'x.pth'), 'ours')

    @pytest.mark.parametrize('key, value, match', [
        ('patch_embed.proj.weight', torch.ones(32, 3), r'\(32, 3\), not 5'),
        ('blocks.0.mlp.fc1.weight', torch.ones(()), 'not 2 dimensions'),
        ('norm.bias', torch.ones(32, dtype=torch.int64), 'int64'),
        ('norm.bias', torch.ones(32).to_sparse(), 'sparse'),
        ('pos_embed', torch.full((1, 72, 32), torch.nan), 'holds NaN'),
        ('pos_embed', sinusoid_1d(32, (8, 3, 3)), 'sinusoid_1d.*sincos_3d'),
        ('pos_embed_vid', sinusoid_1d(32, (8, 3, 3)), 'video.*sinusoid_1d'),
    ])
    def test_a_weight_that_is_none(self, golden, save, tmp_path, key, value,
                                   match):
        weights = golden('pretrain_plain', 'student/')
        weights[key] = value
        with pytest.raises(ValueError, match=f'file.pth.*{match}'):
            convert(save(weights), str(tmp_path / 'x.pth'), 'ours')

    def test_a_kind_that_is_not_known_names_the_file(self, save, tmp_path):
        path = save({'conv1.weight': torch.ones(1)})
        with pytest.raises(ValueError, match='file.pth.*not known'):
            convert(path, str(tmp_path / 'x.pth'), 'ours')

    def test_a_file_that_exists_is_replaced_only_when_told(
            self, golden, save, tmp_path):
        path, dst = save(golden('finetune_plain',
                                'model/')), tmp_path / 'x.pth'
        dst.write_text('old')
        with pytest.raises(ValueError, match='x.pth.*exists.*--overwrite'):
            convert(path, str(dst), 'ours')
        with pytest.raises(ValueError, match='build sinusoid_1d'):
            convert(path, str(dst), 'huggingface', overwrite=True)
        assert dst.read_text() == 'old'
        convert(path, str(dst), 'ours', overwrite=True)
        assert len(read_state_dict(str(dst))) == 45

    @pytest.mark.parametrize('suffix', ['pth', 'safetensors'])
    def test_in_place(self, golden, tmp_path, suffix):
        path = str(tmp_path / f'a.{suffix}')
        weights = golden('finetune_plain', 'model/')
        write_state_dict(weights, path)
        convert(path, path, 'ours', overwrite=True)
        convert(path, path, 'mvd_finetune', overwrite=True)
        same(path, weights)
        assert [p.name for p in tmp_path.iterdir()] == [f'a.{suffix}']

    def test_depth_of_ones_own_is_believed_where_a_config_says_so(
            self, published, tmp_path):
        weights, _, _ = name_weights({
            k: v
            for k, v in published('mvd_finetune_small_k400').items()
            if not k.startswith('blocks.11.')
        })
        assert len(find_gaps(weights, 'ours')) == 13
        assert find_gaps(weights, 'ours', dict(cfg='a = dict(depth=11)')) == []
        assert find_gaps(weights, 'ours', dict(cfg='depth=12'))
        assert find_gaps(weights, 'vit_finetune', dict(cfg='depth=11'))

    def test_an_unknown_target(self, save):
        with pytest.raises(ValueError, match="`to` must be.*'mvd'"):
            convert(save({'a': torch.ones(1)}), 'x.pth', 'mvd')

    def test_a_table_the_file_does_not_hold(self, classifier_file, tmp_path):
        with pytest.raises(ValueError, match='holds a sinusoid_1d table'):
            convert(
                classifier_file,
                str(tmp_path / 'x.pth'),
                'ours',
                pos_embed='sincos_3d')

    @pytest.fixture
    def classifier_file(self, vit_cfg, save):
        vit = VisionTransformer(**vit_cfg())
        return save({f'backbone.{k}': v for k, v in vit.state_dict().items()})
