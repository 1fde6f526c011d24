"""Files are read whatever wraps the weights, and nothing in them runs."""
import pickle
from argparse import Namespace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mvd_mm.checkpoints import detect_kind, read_state_dict, unwrap

WEIGHTS = {
    'patch_embed.proj.weight': torch.arange(6.).reshape(1, 1, 1, 2, 3),
    'norm.bias': torch.ones(2)
}


class Touch:
    """Pickled code: unpickling it creates a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path, )


def same(weights):
    return list(weights) == list(WEIGHTS) and all(
        (weights[k] == WEIGHTS[k]).all() for k in WEIGHTS)


class TestWrappers:

    @pytest.mark.parametrize('key', ['model', 'module', 'state_dict', None])
    def test_are_taken_off(self, tmp_path, key):
        content = {key: WEIGHTS, 'epoch': 3} if key else dict(WEIGHTS)
        torch.save(content, tmp_path / 'file.pth')
        assert same(read_state_dict(str(tmp_path / 'file.pth')))

    @pytest.mark.parametrize(
        'prefix',
        ['module.', '_orig_mod.', 'module._orig_mod.', '_orig_mod.module.'])
    def test_prefixes_are_taken_off(self, prefix):
        assert same(
            unwrap({'module': {
                prefix + k: v
                for k, v in WEIGHTS.items()
            }}))

    def test_a_prefix_of_some_keys_only_is_part_of_the_name(self):
        weights = {'module.a': torch.ones(1), 'b': torch.ones(1)}
        assert list(unwrap({'model': weights})) == ['module.a', 'b']

    def test_arguments_and_optimiser_beside_the_weights_load(self, tmp_path):
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
    def test_moving_averages(self, tmp_path, key):
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

    def test_a_section_that_is_not_there_names_those_that_are(self):
        with pytest.raises(ValueError, match="`section` 'ema'.*'model'"):
            unwrap({'model': WEIGHTS}, section='ema')

    def test_two_models_in_one_are_refused(self):
        weights = {
            **WEIGHTS,
            **{
                f'backbone.{k}': v
                for k, v in WEIGHTS.items()
            }
        }
        with pytest.raises(ValueError, match='two models in one'):
            unwrap({'model': weights})

    def test_old_format_of_torch_loads(self, tmp_path):
        path = tmp_path / 'file.pth'
        torch.save({'model': WEIGHTS},
                   path,
                   _use_new_zipfile_serialization=False)
        assert same(read_state_dict(str(path)))

    def test_safetensors_load(self, tmp_path):
        save_file(WEIGHTS, tmp_path / 'file.safetensors')
        weights = read_state_dict(str(tmp_path / 'file.safetensors'))
        assert {
            k: v.tolist()
            for k, v in weights.items()
        } == {
            k: v.tolist()
            for k, v in WEIGHTS.items()
        }

    def test_prefixes_in_safetensors_are_taken_off(self, tmp_path):
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
    def test_no_weights_are_refused(self, tmp_path, content):
        torch.save(content, tmp_path / 'empty.pth')
        with pytest.raises(ValueError, match='empty.pth.*no weights'):
            read_state_dict(str(tmp_path / 'empty.pth'))


class TestSafety:

    @pytest.mark.parametrize('place', ['model', 'args', 'plain'])
    def test_code_in_a_file_does_not_run(self, tmp_path, place):
        path, ran = tmp_path / 'file.pth', tmp_path / 'it ran'
        evil = Touch(ran)
        if place == 'plain':
            path.write_bytes(pickle.dumps(evil, protocol=2))
        elif place == 'args':
            torch.save(dict(model=WEIGHTS, args=evil), path)
        else:
            torch.save(dict(model=dict(WEIGHTS, evil=evil)), path)
        with pytest.raises(ValueError, match='file.pth.*not trusted'):
            read_state_dict(str(path))
        assert not ran.exists()
        if place != 'plain':  # the file is as evil as it is taken for
            torch.load(path, weights_only=False)
            assert ran.exists()

    def test_a_file_that_is_trusted_may_run_code(self, tmp_path):
        path, ran = tmp_path / 'file.pth', tmp_path / 'it ran'
        torch.save(dict(model=WEIGHTS, args=Touch(ran)), path)
        with pytest.raises(ValueError, match='pathlib.Path was.*--trust'):
            read_state_dict(str(path))
        assert not ran.exists()
        assert same(read_state_dict(str(path), trust=True))
        assert ran.exists()


class TestDamage:

    def test_missing_file_is_named(self):
        with pytest.raises(FileNotFoundError, match='no/such/file.pth'):
            read_state_dict('no/such/file.pth')

    def test_a_folder_is_no_file(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='`checkpoint`'):
            read_state_dict(str(tmp_path))

    @pytest.mark.parametrize('share', [0.1, 0.5, 0.99])
    @pytest.mark.parametrize('zipped', [True, False])
    def test_cut_file_is_named(self, tmp_path, zipped, share):
        path = tmp_path / 'cut.pth'
        torch.save(
            dict(model=dict(WEIGHTS, big=torch.rand(1000))),
            path,
            _use_new_zipfile_serialization=zipped)
        content = path.read_bytes()
        path.write_bytes(content[:int(share * len(content))])
        with pytest.raises(ValueError, match='`checkpoint`.*cut.pth'):
            read_state_dict(str(path))

    @pytest.mark.parametrize('content', [
        b'', b'\n', b'version https://git-lfs.github.com/spec/v1\n',
        b'<!DOCTYPE html><html>404</html>',
        bytes(range(256))
    ])
    @pytest.mark.parametrize('name', ['file.pth', 'file.safetensors'])
    def test_what_is_no_checkpoint_is_named(self, tmp_path, name, content):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f'`checkpoint`.*{name}'):
            read_state_dict(str(tmp_path / name))


def test_an_unknown_kind_names_what_it_holds():
    with pytest.raises(ValueError, match="not known.*'layer1.conv.weight'"):
        detect_kind({'layer1.conv.weight': torch.ones(1)})
