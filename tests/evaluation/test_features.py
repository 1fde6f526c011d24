"""Features of several networks in one pass over the loader."""
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mvd_mm.evaluation import extract_features, features
from mvd_mm.models import PretrainDataPreprocessor


class Loader:
    """Five clips in batches of two; the label is the number of the clip."""

    def __init__(self):
        self.passes = 0
        self.clips = torch.randint(
            0, 256, (5, 3, 2, 16, 16), dtype=torch.uint8)

    def __iter__(self):
        self.passes += 1
        for part in torch.arange(5).split(2):
            yield dict(
                inputs=dict(imgs=[self.clips[i][None] for i in part]),
                data_samples=[
                    SimpleNamespace(gt_label=torch.tensor([i])) for i in part
                ])


def tokens_of(inputs):
    """Tokens (B, 4, 3): one per frame and half of it."""
    imgs = inputs['imgs']  # (B, 3, T, H, W)
    return imgs.unflatten(-1, (2, 8)).mean((-3, -1)).flatten(2).transpose(1, 2)


@pytest.fixture
def loader():
    return Loader()


@pytest.fixture
def preprocessor():
    return PretrainDataPreprocessor(mean=(100, 110, 120), std=(50, 60, 70))


@pytest.mark.parametrize('num_slices', [1, 2])
def test_features_are_the_means_of_time_slices_of_normalised_clips(
        loader, preprocessor, num_slices):
    found, labels = extract_features(
        dict(net=tokens_of), loader, preprocessor, num_slices)
    clips = loader.clips.numpy().astype(np.float64)
    mean, std = np.array([100, 110, 120]), np.array([50, 60, 70])
    expected = (clips.mean((3, 4)).transpose(0, 2, 1) - mean) / std
    # (5, frame, channel): one slice holds both frames, or each its own
    expected = expected.reshape(5, num_slices, -1, 3).mean(2).reshape(5, -1)
    np.testing.assert_allclose(found['net'], expected, rtol=1e-4, atol=1e-5)
    assert labels.tolist() == [0, 1, 2, 3, 4]
    assert found['net'].dtype == np.float32


def test_all_networks_share_one_pass(loader, preprocessor):
    found, labels = extract_features(
        {
            'a': tokens_of,
            'b': lambda inputs: 2 * tokens_of(inputs)
        }, loader, preprocessor, 2)
    assert loader.passes == 1
    assert {k: v.shape for k, v in found.items()} == dict(a=(5, 6), b=(5, 6))
    np.testing.assert_allclose(found['b'], 2 * found['a'], rtol=1e-6)


def test_a_clip_played_backward_has_its_slices_swapped(loader, preprocessor):
    forward, _ = extract_features(dict(net=tokens_of), loader, preprocessor, 2)
    loader.clips = loader.clips.flip(2)
    backward, _ = extract_features(
        dict(net=tokens_of), loader, preprocessor, 2)
    assert np.abs(forward['net'] - backward['net']).max() > 0.1
    np.testing.assert_allclose(
        forward['net'],
        backward['net'].reshape(5, 2, 3)[:, ::-1].reshape(5, 6),
        rtol=1e-6)


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float32])
def test_networks_compute_in_the_fastest_dtype_without_gradients(
        loader, preprocessor, monkeypatch, dtype):
    monkeypatch.setattr(features, 'fastest_dtype', lambda device: dtype)
    layer = torch.nn.Linear(3, 4)
    seen = []

    def network(inputs):
        out = layer(tokens_of(inputs))
        seen.append((out.dtype, out.requires_grad))
        return out

    found, _ = extract_features(dict(net=network), loader, preprocessor, 2)
    assert seen == [(dtype, False)] * 3
    assert found['net'].dtype == np.float32
