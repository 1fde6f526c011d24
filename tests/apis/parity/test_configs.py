"""Configs of a case build the model that its sizes describe."""
import json

import pytest
from mmengine.registry import MODELS, DefaultScope

from mvd_mm.apis.parity import finetune_cfg, pretrain_cfg, stage1_cfg


@pytest.fixture
def options(golden_dir):

    def read(name, **changes):
        found = json.loads((golden_dir / f'{name}.json').read_text())
        return dict(found, **changes)

    return read


@pytest.fixture(autouse=True)
def scope():
    with DefaultScope.overwrite_default_scope('mmaction'):
        yield


def test_a_classifier_has_the_sizes_of_the_case(options):
    case = options('finetune_plain')
    model = MODELS.build(finetune_cfg(case))
    assert len(model.backbone.blocks) == case['depth']
    assert model.backbone.embed_dims == case['embed_dims']
    assert model.cls_head.fc_cls.out_features == case['num_classes']


def test_teachers_and_decoders_have_the_sizes_of_the_case(options):
    case = options('pretrain_plain')
    model = MODELS.build(pretrain_cfg(case))
    for name in ('image', 'video'):
        branch, sizes = model.branches[name], case[f'{name}_teacher']
        assert branch['teacher'].vit.embed_dims == sizes['embed_dims']
        assert branch['decoder'].out_channels == sizes['embed_dims']
        assert len(branch['decoder'].blocks) == case['decoder']['depth']
        assert branch['decoder'].grid_size == model.backbone.grid_size


def test_an_image_teacher_of_all_frames_gives_wider_features(options):
    case = options('pretrain_plain', one_frame_per_tubelet=False)
    decoder = MODELS.build(pretrain_cfg(case)).branches['image']['decoder']
    assert decoder.out_channels == (
        case['tubelet_size'] * case['image_teacher']['embed_dims'])


def test_one_teacher_gives_one_branch(options):
    case = options('pretrain_plain')
    del case['image_teacher']
    assert list(pretrain_cfg(case)['branches']) == ['video']


def test_the_image_teachers_own_view_sets_its_network(options):
    case = options('pretrain_smaller_image_teacher')
    vit = pretrain_cfg(case)['branches']['image']['teacher']['vit']
    assert vit['img_size'] == case['image_teacher_img_size']
    assert vit['patch_size'] == case['image_teacher_patch_size']
    assert 'qkv_bias' not in vit  # MAE has one way only


def test_sides_may_differ(options):
    case = options('pretrain_plain')
    side, patch = case['img_size'], case['patch_size']
    side = side if isinstance(side, int) else side[0]
    case['img_size'] = [side, side + patch]
    grid = pretrain_cfg(case)['branches']['video']['decoder']['grid_size']
    assert grid[1:] == (side // patch, side // patch + 1)


@pytest.mark.parametrize('name, criterion', [
    ('SmoothL1', 'smooth_l1'),
    ('smooth_l1', 'smooth_l1'),
    ('L1', 'l1'),
    ('L2', 'l2'),
    ('MSE', 'l2'),
])
def test_losses_are_known_by_their_published_names(options, name, criterion):
    case = options('pretrain_plain', loss_type=dict(image=name, video='L1'))
    head = pretrain_cfg(case)['branches']['image']['head']
    assert head['loss']['criterion'] == criterion


def test_another_loss_is_refused(options):
    case = options('pretrain_plain', loss_type=dict(image='Huber', video='L1'))
    with pytest.raises(ValueError, match="`loss_type`.*'Huber'"):
        pretrain_cfg(case)


@pytest.fixture(params=['mae', 'videomae'])
def stage1(request, golden_dir):
    folder = golden_dir.with_name('golden_stage1')
    path = folder / f'{request.param}_pretrain_plain.json'
    return json.loads(path.read_text())


def test_stage_1_has_the_sizes_of_the_case(stage1):
    model = MODELS.build(stage1_cfg(stage1))
    for part, network in (('encoder', model.backbone), ('decoder',
                                                        model.decoder)):
        assert len(network.blocks) == stage1[part]['depth']
        assert network.norm.normalized_shape == (stage1[part]['embed_dims'], )
    mae = stage1['kind'] == 'mae_pretrain'
    assert (model.backbone.cls_token is not None) == mae
    assert (model.decoder.proj_in.bias is not None) == mae


@pytest.mark.parametrize('normalised', [True, False])
def test_targets_of_stage_1(stage1, normalised):
    found = stage1_cfg(dict(stage1, norm_target=normalised))
    expected = {
        'mae_pretrain': ('none', 'patch'),
        'videomae_pretrain': ('pixels', 'channel')
    }[stage1['kind']][normalised]
    assert found['head']['norm_target'] == expected


def test_an_option_said_once_is_of_both_networks_of_stage_1(stage1):
    stage1['encoder']['mlp_ratio'] = 2.
    found = stage1_cfg(dict(stage1, mlp_ratio=3., qkv_bias=False))
    assert found['backbone']['mlp_ratio'] == 2.
    assert found['decoder']['mlp_ratio'] == 3.
    mae = stage1['kind'] == 'mae_pretrain'  # which has one way only
    assert found['decoder']['qkv_bias'] == ('full' if mae else False)
