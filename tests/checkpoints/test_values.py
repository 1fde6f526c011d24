"""Values change their form there and back, and nothing else."""
import pytest
import torch

from mvd_mm.checkpoints.values import from_ours, is_plain, to_ours

PART = 'videomae.encoder.layer.0.attention.attention.'


def test_query_key_and_value_are_joined_in_this_order():
    parts = {f'{PART}{p}.weight': torch.randn(4, 4) for p in 'vqk'}
    names = dict(q='query', k='key', v='value')
    file = {
        f'{PART}{name}.weight': parts[f'{PART}{p}.weight']
        for p, name in names.items()
    }
    file[f'{PART}q_bias'] = torch.randn(4)
    ours = to_ours(file, 'huggingface')
    assert set(ours) == {f'{PART}qkv.weight', f'{PART}q_bias'}
    assert torch.equal(ours[f'{PART}qkv.weight'],
                       torch.cat([parts[f'{PART}{p}.weight'] for p in 'qkv']))
    back = from_ours(ours, 'huggingface')
    assert set(back) == set(file)
    assert all(torch.equal(back[k], v) for k, v in file.items())


@pytest.mark.parametrize('part', ['key', 'value'])
def test_a_part_that_is_missing_is_named(part):
    file = {
        f'{PART}{p}.weight': torch.ones(2, 2)
        for p in ('query', 'key', 'value') if p != part
    }
    with pytest.raises(KeyError, match=f'attention.{part}.weight'):
        to_ours(file, 'huggingface')


def test_mae_is_of_one_frame_and_its_decoder_has_no_class_position():
    table = torch.cat([torch.zeros(1, 1, 8), torch.randn(1, 9, 8)], dim=1)
    file = {
        'patch_embed.proj.weight': torch.randn(4, 3, 2, 2),
        'cls_token': torch.randn(1, 1, 4),
        'decoder_pos_embed': table
    }
    before = dict(file)
    ours = to_ours(file, 'mae')
    assert file == before  # the argument is left as it is
    assert ours['patch_embed.proj.weight'].shape == (4, 3, 1, 2, 2)
    assert torch.equal(ours['decoder_pos_embed'], table[:, 1:])
    back = from_ours(ours, 'mae')
    assert all(torch.equal(back[k], v) for k, v in file.items())
    with pytest.raises(ValueError, match='decoder_pos_embed.*class token'):
        to_ours({'decoder_pos_embed': table + 1}, 'mae')


@pytest.mark.parametrize('weights', [
    {},
    {
        'patch_embed.proj.weight': torch.ones(4, 3, 2, 2, 2),
        'cls_token': torch.ones(1)
    },
    {
        'patch_embed.proj.weight': torch.ones(4, 3, 1, 2, 2)
    },
])
def test_only_an_mae_becomes_a_file_of_mae(weights):
    with pytest.raises(ValueError, match='mae holds encoders of single'):
        from_ours(weights, 'mae')


@pytest.mark.parametrize('kind', ['ours', 'mvd_pretrain', 'vit_finetune'])
def test_other_kinds_are_left_alone(kind):
    weights = {'patch_embed.proj.weight': torch.ones(4, 3, 2, 2)}
    for change in (to_ours, from_ours):
        assert change(weights, kind) == weights


@pytest.mark.parametrize('value, plain', [
    (torch.ones(2), True),
    (torch.ones(2).half(), True),
    (torch.ones(2).bfloat16(), True),
    (torch.ones(2, dtype=torch.int64), False),
    (torch.ones(2, dtype=torch.complex64), False),
    (torch.ones(2).to_sparse(), False),
])
def test_plain_weights(value, plain):
    assert is_plain(value) is plain
