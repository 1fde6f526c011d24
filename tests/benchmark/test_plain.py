"""The plain side does the same work: equal losses from equal weights."""
import pytest
import torch

from mvd_mm.benchmark.plain import PlainMVD, plain_backbone
from mvd_mm.models import MVD


def copied(ours, plain):
    """Give the plain side our weights; count those that are left over."""
    names = {
        k.replace('.vit.', '.').replace('backbone.norm', 'norm'): v
        for k, v in ours.state_dict().items()
    }
    state = plain.state_dict()
    missing = set()
    for key in state:
        if key in names and not key.endswith('teacher.norm.weight'):
            # a frame's positions have a row for the class token
            value = names[key]
            state[key] = value[:, -state[key].shape[1]:] if key.endswith(
                'pos_embed') else value
        else:
            missing.add(key)
    plain.load_state_dict(state)
    return missing


def test_losses_and_gradients_are_ours(mvd_cfg, randomise, draw_mask):
    cfg = mvd_cfg()
    ours, plain = randomise(MVD(**cfg), 0.1), PlainMVD(cfg)
    missing = copied(ours, plain)
    # the host's closing norms, which nobody uses
    assert all('norm' in key for key in missing)
    inputs = dict(imgs=torch.randn(2, 3, 4, 32, 32), mask=draw_mask(2, 32, 24))
    losses = [
        m.train()(inputs, mode='loss') if m is ours else m.loss(inputs)
        for m in (ours, plain)
    ]
    for name in losses[0]:
        torch.testing.assert_close(
            losses[0][name], losses[1][name], rtol=1e-4, atol=1e-5)
        losses[0][name].backward(retain_graph=True)
        losses[1][name].backward(retain_graph=True)
    torch.testing.assert_close(
        ours.backbone.blocks[0].attn.qkv.weight.grad,
        plain.backbone.blocks[0].attn.qkv.weight.grad,
        rtol=1e-3,
        atol=1e-5)


def test_teachers_do_not_learn(mvd_cfg):
    plain = PlainMVD(mvd_cfg()).train()
    for branch in plain.branches.values():
        assert not branch['teacher'].training
        assert not any(p.requires_grad for p in branch['teacher'].parameters())


def test_all_frames_are_refused(mvd_cfg):
    cfg = mvd_cfg()
    cfg['branches']['image']['teacher']['all_frames'] = True
    with pytest.raises(ValueError, match='branches.image.teacher.all_frames'):
        PlainMVD(cfg)


def test_tokens_for_a_head_are_refused():
    with pytest.raises(ValueError, match='use_mean_pooling'):
        plain_backbone(dict(use_mean_pooling=False))


def test_backbone_of_the_host_has_the_same_sizes():
    cfg = plain_backbone(
        dict(
            type='mvd_mm.MVDVisionTransformer',
            embed_dims=32,
            depth=2,
            return_feat_map=True,
            init_cfg=None))
    assert cfg == dict(
        type='mmaction.VisionTransformer',
        embed_dims=32,
        depth=2,
        return_feat_map=True)
