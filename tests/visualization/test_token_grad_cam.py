"""Grad-CAM on tokens against its formula."""
import pytest
import torch
import torch.nn.functional as F
from mmaction.structures import ActionDataSample
from mmengine.registry import MODELS, DefaultScope

from mvd_mm.visualization import TokenGradCAM

GRID = 2, 3, 4  # of 4 frames of 24 x 32 pixels
MEAN, STD = 100., 50.


@pytest.fixture
def model(vit_cfg, randomise):
    cfg = dict(
        type='Recognizer3D',
        backbone=dict(type='mvd_mm.MVDVisionTransformer', **vit_cfg()),
        cls_head=dict(
            type='mvd_mm.RecognitionHead', num_classes=3, in_channels=32),
        data_preprocessor=dict(
            type='ActionDataPreprocessor',
            mean=[MEAN] * 3,
            std=[STD] * 3,
            format_shape='NCTHW'))
    with DefaultScope.overwrite_default_scope('mmaction'):
        return randomise(MODELS.build(cfg))


@pytest.fixture
def data():
    """One clip, two views; not of the size the network was built for."""
    clip = torch.randint(256, (2, 3, 4, 24, 32), dtype=torch.uint8)
    return dict(
        inputs=[clip], data_samples=[ActionDataSample().set_gt_label(1)])


def formula(model, clip, label):
    """relu(sum over channels of mean gradient x activation), upsampled."""
    model.eval()
    backbone, kept = model.backbone, {}
    hook = backbone.blocks[1].norm1.register_forward_hook(
        lambda module, inputs, out: kept.update(tokens=out))
    features = backbone((clip.float() - MEAN) / STD)
    hook.remove()
    score = model.cls_head(features).mean(0)[label]
    gradient, = torch.autograd.grad(score, kept['tokens'])
    tokens = kept['tokens'].detach().unflatten(1, GRID)
    # the host's weights: one per time slice and channel
    weights = gradient.unflatten(1, GRID).mean((2, 3), keepdim=True)
    maps = F.relu((weights * tokens).sum(-1))[:, None]  # (2, 1, T', H', W')
    maps = F.interpolate(maps, (4, 24, 32), mode='trilinear')[:, 0]
    low, high = (getattr(maps.flatten(1), f)(1) for f in ('amin', 'amax'))
    shape = -1, 1, 1, 1
    return (maps - low.view(shape)) / (high - low).view(shape)


@pytest.mark.parametrize('use_labels', [True, False])
def test_map_is_that_of_the_formula(model, data, use_labels):
    cam = TokenGradCAM(model)
    maps, scores = cam._calculate_localization_map(data, use_labels)
    label = 1 if use_labels else scores[0].argmax().item()
    expected = formula(model, data['inputs'][0], label)
    assert expected.amax() == 1 and expected.std() > 0.05
    torch.testing.assert_close(maps, expected, rtol=1e-4, atol=1e-5)


def test_blends_heat_with_the_frames(model, data):
    frames, scores = TokenGradCAM(model)(data, use_labels=True, alpha=0.)
    assert frames.shape == (2, 4, 24, 32, 3) and scores.shape == (1, 3)
    clip = data['inputs'][0].permute(0, 2, 3, 4, 1)
    torch.testing.assert_close(frames.float(), clip / 255.)
    warm, _ = TokenGradCAM(model)(data, use_labels=True, alpha=1.)
    assert warm.min() >= 0 and warm.max() <= 1 and warm.std() > 0.01


def test_a_layer_without_tokens_is_refused(model, data):
    cam = TokenGradCAM(model, 'backbone/fc_norm')
    with pytest.raises(ValueError, match=r'`target_layer_name`.*\(2, 3, 4\)'):
        cam(data)


def test_views_in_turn_are_refused(model):
    model.test_cfg = dict(max_testing_views=1)
    with pytest.raises(ValueError, match='`max_testing_views`'):
        TokenGradCAM(model)
