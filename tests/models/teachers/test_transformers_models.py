"""Encoders of ``transformers``: which can be read, and what is said if not."""
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from mvd_mm.models.teachers import transformers_models
from mvd_mm.models.teachers.transformers_models import (TESTED, build_encoder,
                                                        encoder_config,
                                                        load_encoder_weights,
                                                        require_transformers)

transformers = pytest.importorskip('transformers')


class TestPackage:

    def test_missing(self, monkeypatch):
        monkeypatch.setattr(transformers_models, 'find_spec',
                            lambda name: None)
        with pytest.raises(RuntimeError) as info:
            require_transformers()
        for word in ('not installed', 'pip install', 'mvd_mm[transformers]'):
            assert word in str(info.value)

    def test_too_old(self, monkeypatch):
        monkeypatch.setattr(transformers, '__version__', '4.57.1')
        with pytest.raises(RuntimeError, match='5.0 or newer, but 4.57.1'):
            require_transformers()


class TestConfig:

    @pytest.mark.parametrize('kind', TESTED)
    def test_of_every_kind_is_that_of_its_encoder(self, kind):
        config = encoder_config(dict(model_type=kind), None)
        whole = transformers.CONFIG_MAPPING[kind]()
        wanted = getattr(whole, 'vision_config', whole)
        assert config.to_dict() == wanted.to_dict()

    def test_unknown_model(self):
        with pytest.raises(ValueError) as info:
            encoder_config(dict(model_type='dino_v2'), None)
        for word in ("'dino_v2'", 'did you mean', "'dinov2'", 'newer trans'):
            assert word in str(info.value)

    def test_no_model_type(self):
        with pytest.raises(ValueError, match='`model_type` is None'):
            encoder_config(dict(hidden_size=3), None)

    @pytest.mark.parametrize('config, words', [
        (dict(model_type='dinov2',
              hiden_size=3), "config.hiden_size.*did you mean 'hidden_size'"),
        (dict(model_type='clip', vision_config=dict(pach_size=3)),
         "config.vision_config.pach_size.*'patch_size'"),
    ])
    def test_misspelt_argument(self, config, words):
        with pytest.raises(ValueError, match=words):
            encoder_config(config, None)

    def test_neither_config_nor_folder(self):
        with pytest.raises(ValueError, match='`checkpoint`.*or `config`'):
            encoder_config(None, None)

    def test_a_name_on_the_network_is_no_folder(self):
        with pytest.raises(FileNotFoundError) as info:
            encoder_config(None, 'facebook/dinov2-base')
        for word in ('facebook/dinov2-base', 'no folder', 'hf download'):
            assert word in str(info.value)

    def test_a_folder_without_config(self, tmp_path):
        (tmp_path / 'weights.pth').touch()
        with pytest.raises(FileNotFoundError) as info:
            encoder_config(None, str(tmp_path))
        for word in ('config.json', 'weights.pth', 'save_pretrained'):
            assert word in str(info.value)

    def test_keys_of_another_version_in_a_file_are_no_fault(
            self, tmp_path, tiny):
        text = json.dumps(dict(tiny('dinov2'), transformers_key_of_2031=1))
        (tmp_path / 'config.json').write_text(text)
        assert encoder_config(None, str(tmp_path)).hidden_size == 32

    def test_a_model_without_pictures(self):
        config = encoder_config(dict(model_type='swin'), None)
        config.model_type = 'no_such'
        with pytest.raises(ValueError, match='no vision encoder'):
            build_encoder(SimpleNamespace(model_type='no_such'))


class TestWeights:

    @pytest.fixture
    def model(self, tiny):

        def make(kind='dinov2', **overrides):
            config = encoder_config(tiny(kind, **overrides), None)
            return build_encoder(config), config

        return make

    def test_of_a_whole_model_are_found_and_the_rest_is_told(
            self, model, save_model, monkeypatch):
        said = []
        monkeypatch.setattr(transformers_models, 'print_log',
                            lambda text, logger: said.append(text))
        folder = save_model('clip')
        built, config = model('clip')
        load_encoder_weights(built, config, folder)
        own = transformers.CLIPModel.from_pretrained(folder).vision_model
        for key, value in own.state_dict().items():
            assert torch.equal(built.state_dict()[key], value)
        line, = said
        assert 'weights beside the encoder are not used' in line

    def test_missing_file(self, model, save_model):
        folder = Path(save_model('dinov2'))
        (folder / 'model.safetensors').unlink()
        with pytest.raises(FileNotFoundError, match='model.safetensors'):
            load_encoder_weights(*model(), str(folder))

    def test_missing_weight(self, model, save_model):
        from safetensors.torch import load_file, save_file
        path = Path(save_model('dinov2')) / 'model.safetensors'
        weights = load_file(path)
        del weights['encoder.layer.1.norm1.weight']
        save_file(weights, path, metadata=dict(format='pt'))
        with pytest.raises(ValueError, match='1 of .*encoder.layer.1.norm1'):
            load_encoder_weights(*model(), str(path.parent))

    @pytest.mark.parametrize('key, value', [
        ('num_attention_heads', 2),
        ('layer_norm_eps', 0.1),
        ('hidden_size', 64),
        ('num_hidden_layers', 2),
    ])
    def test_of_another_architecture_are_refused(self, model, save_model, key,
                                                 value):
        # heads and eps leave no trace in the shapes of the weights
        folder = save_model('dinov2')
        with pytest.raises(ValueError, match=f'{key} is {value} and there'):
            load_encoder_weights(*model(**{key: value}), folder)

    def test_verbosity_of_transformers_is_left_as_it_was(
            self, model, save_model):
        before = transformers.utils.logging.get_verbosity()
        load_encoder_weights(*model(), save_model('dinov2'))
        assert transformers.utils.logging.get_verbosity() == before
