"""Weights are found whatever they are wrapped in."""
from argparse import Namespace

import pytest
import torch
from safetensors.torch import save_file

from mvd_mm.checkpoints import name_weights, read_state_dict, unwrap

WEIGHTS = {
    'patch_embed.proj.weight': torch.arange(6.).reshape(1, 1, 1, 2, 3),
    'norm.bias': torch.ones(2)
}


def same(weights):
    return list(weights) == list(WEIGHTS) and all(
        (weights[k] == WEIGHTS[k]).all() for k in WEIGHTS)


@pytest.mark.parametrize('key', ['model', 'module', 'state_dict', None])
def test_are_taken_off(tmp_path, key):
    content = {key: WEIGHTS, 'epoch': 3} if key else dict(WEIGHTS)
    torch.save(content, tmp_path / 'file.pth')
    assert same(read_state_dict(str(tmp_path / 'file.pth')))


@pytest.mark.parametrize(
    'prefix',
    ['module.', '_orig_mod.', 'module._orig_mod.', '_orig_mod.module.'])
def test_prefixes_are_taken_off(prefix):
    assert same(
        unwrap({'module': {
            prefix + k: v
            for k, v in WEIGHTS.items()
        }}))


def test_a_prefix_of_some_keys_only_is_part_of_the_name():
    weights = {'module.a': torch.ones(1), 'b': torch.ones(1)}
    assert list(unwrap({'model': weights})) == ['module.a', 'b']


def test_arguments_and_optimiser_beside_the_weights_load(tmp_path):
    torch.save(
        dict(
            model=WEIGHTS,
            optimizer=dict(state={}, param_groups=[dict(lr=0.1)]),
            epoch=399,
            scaler=dict(scale=65536.),
            args=Namespace(lr=1e-3, data_path='/data', opt_betas=[.9])),
        tmp_path / 'file.pth')
    assert same(read_state_dict(str(tmp_path / 'file.pth')))


@pytest.mark.parametrize(
    'key', ['model_ema', 'state_dict_ema', 'ema_state_dict', 'ema'])
def test_moving_averages(tmp_path, key):
    average = {f'module.{k}': v for k, v in WEIGHTS.items()}
    content = {
        'model': {
            k: v + 1
            for k, v in WEIGHTS.items()
        },
        key: {
            **average, 'steps': torch.tensor(3)
        }
    }
    torch.save(content, tmp_path / 'both.pth')
    path = str(tmp_path / 'both.pth')
    assert read_state_dict(path)['norm.bias'].tolist() == [2, 2]
    assert same(read_state_dict(path, section=key))
    assert same(unwrap({key: content[key]}))


def test_a_section_that_is_not_there_names_those_that_are():
    with pytest.raises(ValueError, match="`section` 'ema'.*'model'"):
        unwrap({'model': WEIGHTS}, section='ema')


def test_two_models_in_one_are_refused():
    weights = {**WEIGHTS, **{f'backbone.{k}': v for k, v in WEIGHTS.items()}}
    with pytest.raises(ValueError, match='two models in one'):
        unwrap({'model': weights})


def test_old_format_of_torch_loads(tmp_path):
    path = tmp_path / 'file.pth'
    torch.save({'model': WEIGHTS}, path, _use_new_zipfile_serialization=False)
    assert same(read_state_dict(str(path)))


def test_safetensors_load(tmp_path):
    save_file(WEIGHTS, tmp_path / 'file.safetensors')
    weights = read_state_dict(str(tmp_path / 'file.safetensors'))
    assert {
        k: v.tolist()
        for k, v in weights.items()
    } == {
        k: v.tolist()
        for k, v in WEIGHTS.items()
    }


def test_prefixes_in_safetensors_are_taken_off(tmp_path):
    save_file({
        f'module.{k}': v
        for k, v in WEIGHTS.items()
    }, tmp_path / 'file.safetensors')
    weights = read_state_dict(str(tmp_path / 'file.safetensors'))
    assert set(weights) == set(WEIGHTS)


@pytest.mark.parametrize('content', [
    dict(epoch=3),
    dict(model={}),
    dict(model=dict(lr=0.1)),
    [torch.ones(1)],
    torch.ones(1),
])
def test_no_weights_are_refused(tmp_path, content):
    torch.save(content, tmp_path / 'empty.pth')
    with pytest.raises(ValueError, match='empty.pth.*no weights'):
        read_state_dict(str(tmp_path / 'empty.pth'))


@pytest.mark.parametrize('prefix', [
    'module.', '_orig_mod.', 'encoder.', 'backbone.', 'module.encoder.',
    'module._orig_mod.backbone.', 'backbone._orig_mod.', 'module.backbone.',
    'encoder.backbone.'
])
@pytest.mark.parametrize('file', [
    'mvd_pretrain_small', 'mvd_finetune_small_k400', 'mae_pretrain_base',
    'videomae_pretrain_small'
])
def test_prefixes_before_every_published_name(published, file, prefix):
    weights = published(file)
    wrapped = {prefix + k: v for k, v in weights.items()}
    found, kind, _ = name_weights(unwrap({'model': wrapped}))
    expected, expected_kind, _ = name_weights(weights)
    assert kind == expected_kind and set(found) == set(expected)
    for key, value in expected.items():  # compared where not spread
        assert found[key].data_ptr() == value.data_ptr() or torch.equal(
            found[key], value)


@pytest.mark.parametrize('inner', ['_orig_mod.', '_fsdp_wrapped_module.'])
def test_wrappers_around_a_part_are_taken_off(inner):
    weights = {
        'backbone.patch_embed.projection.weight': torch.ones(1),
        f'backbone.{inner}blocks.0.{inner}norm1.bias': torch.ones(2)
    }
    assert set(unwrap({'state_dict': weights})) == {
        'backbone.patch_embed.projection.weight',
        'backbone.blocks.0.norm1.bias'
    }


def test_a_section_without_weights_is_passed_over():
    assert same(unwrap({'state_dict': {}, 'model': WEIGHTS}))
    assert same(unwrap({'state_dict': {'model': WEIGHTS, 'epoch': 3}}))


def test_what_is_no_tensor_among_weights_is_named():
    with pytest.raises(ValueError, match="a.pth.*no tensor.*'norm.weight'"):
        unwrap({'model': {**WEIGHTS, 'norm.weight': [1., 1.]}}, 'a.pth')
    assert same(unwrap({**WEIGHTS, 'args': Namespace(), 'epoch': 3}))


def test_an_unknown_file_keeps_its_names():
    weights = {'backbone.conv1.weight': torch.ones(1)}
    assert list(unwrap(weights)) == list(weights)
