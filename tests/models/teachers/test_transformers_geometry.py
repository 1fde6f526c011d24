"""What sizes, layers and clips an encoder can be asked for."""
from importlib import import_module
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mvd_mm.models.teachers import transformers_geometry as geometry


@pytest.fixture
def config():

    def make(**values):
        return SimpleNamespace(
            **{
                'model_type': 'some_vit',
                'hidden_size': 8,
                'patch_size': 14,
                'image_size': 224,
                'num_hidden_layers': 12,
                **values
            })

    return make


@pytest.mark.parametrize('values, size', [
    (dict(), 224),
    (dict(image_size=518), 518),
    (dict(image_size=None, num_patches=256, patch_size=16), 256),
])
def test_the_size_that_a_model_was_built_for(config, values, size):
    assert geometry.native_size(config(**values)) == size


def test_the_size_of_v_jepa(config):
    made = config(crop_size=256)
    del made.image_size
    assert geometry.native_size(made) == 256


@pytest.mark.parametrize('values, words', [
    (dict(patch_size=(16, 16)), r'`patch_size` is \(16, 16\)'),
    (dict(image_size=None), '`image_size` is None'),
    (dict(hidden_size=None), '`hidden_size` is None'),
    (dict(depths=[2, 2, 6, 2]), r'`depths` \[2, 2, 6, 2\].*stages'),
])
def test_a_model_without_one_grid_is_refused(config, values, words):
    with pytest.raises(ValueError, match=words):
        geometry.native_size(config(**values))


def test_a_size_must_be_whole_patches(config):
    assert geometry.input_size(config(), 196) == 196
    assert geometry.input_size(config(), None) == 224
    with pytest.raises(ValueError, match='use 196 or 210'):
        geometry.input_size(config(), 200)


def test_a_model_of_videos_has_one_size(config):
    video = config(tubelet_size=2)
    assert geometry.input_size(video, 224) == 224
    with pytest.raises(ValueError, match='sees 224 pixels alone'):
        geometry.input_size(video, 196)


class Fixed(nn.Module):

    def __init__(self, config):
        super().__init__()
        self.config = config

    def forward(self, pixel_values):
        pass


class Resizing(Fixed):

    def forward(self, pixel_values, interpolate_pos_encoding=False):
        pass


def test_positions_are_resized_where_a_model_can(config):
    assert not geometry.resizes_positions(Fixed(config()), 224)
    assert not geometry.resizes_positions(
        Fixed(config(model_type='dinov2')), 196)
    assert geometry.resizes_positions(Resizing(config()), 196)
    with pytest.raises(ValueError, match='sees 224 pixels alone'):
        geometry.resizes_positions(Fixed(config()), 196)


@pytest.mark.parametrize('layer', [-13, -1, 0, 12, 'last_hidden_state'])
def test_layers_from_the_embedding_to_the_last(config, layer):
    geometry.check_layers(config(), (layer, ))


@pytest.mark.parametrize('layer', [-14, 13, 'last'])
def test_other_layers_are_refused(config, layer):
    with pytest.raises(ValueError, match='12 blocks has 0'):
        geometry.check_layers(config(), (-1, layer))


@pytest.mark.parametrize('values, frames, words', [
    (dict(tubelet_size=2, num_frames=16), 16, None),
    (dict(tubelet_size=2), 16, None),
    (dict(tubelet_size=2, num_frames=32), 16, 'built for clips of 32'),
    (dict(tubelet_size=4), 16, '4 slices of 16'),
])
def test_clips_of_a_model_of_videos(config, values, frames, words):
    if words is None:
        geometry.check_clip(config(**values), (8, 14, 14), frames)
        return
    with pytest.raises(ValueError, match=words):
        geometry.check_clip(config(**values), (8, 14, 14), frames)


def test_patches_are_those_of_transformers():
    pytest.importorskip('transformers')
    own = import_module(
        'transformers.models.siglip2.image_processing_pil_siglip2')
    image = torch.randn(3, 24, 32)
    wanted = own.convert_image_to_patches(image.numpy(), patch_size=8)
    patches, = geometry.cut_into_patches(image[None], 8)
    assert torch.equal(patches, torch.as_tensor(wanted))
