"""A frozen backbone: no gradient, no state, no dropout."""
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.registry import MODELS, DefaultScope


@pytest.fixture
def build(vit_cfg):

    def make(kind, head, **backbone):
        cfg = dict(
            type=kind,
            backbone=dict(
                type='mvd_mm.MVDVisionTransformer',
                use_mean_pooling=False,
                drop_path_rate=0.5,
                **vit_cfg(**backbone)),
            cls_head=dict(type=head, num_classes=3, in_channels=32),
            data_preprocessor=dict(
                type='ActionDataPreprocessor', format_shape='NCTHW'))
        if head == 'mvd_mm.AttentiveHead':
            cfg['cls_head']['num_heads'] = 4
        with DefaultScope.overwrite_default_scope('mmaction'):
            model = MODELS.build(cfg)
            model.init_weights()
        return model

    return make


@pytest.mark.parametrize('head',
                         ['mvd_mm.RecognitionHead', 'mvd_mm.AttentiveHead'])
def test_a_step_moves_the_head_alone_and_keeps_state_for_it_alone(build, head):
    model = build('mvd_mm.FrozenRecognizer3D', head).train()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.1)
    samples = [ActionDataSample().set_gt_label(i) for i in range(2)]
    losses = model(
        torch.randn(2, 1, 3, 4, 32, 32), data_samples=samples, mode='loss')
    losses['loss_cls'].backward()
    optimizer.step()
    moved = {
        k
        for k, v in model.state_dict().items() if (v != before[k]).any()
    }
    assert moved and all(k.startswith('cls_head.') for k in moved)
    names = {id(p): n for n, p in model.named_parameters()}
    assert all(names[id(p)].startswith('cls_head.') for p in optimizer.state)


def test_features_in_training_are_those_of_testing(build):
    model = build('mvd_mm.FrozenRecognizer3D', 'mvd_mm.RecognitionHead')
    clip = torch.randn(2, 1, 3, 4, 32, 32)
    train = model.train()(clip, mode='tensor')
    assert (train == model.eval()(clip, mode='tensor')).all()
    assert not train.requires_grad


def test_checkpoint_has_the_keys_of_recognizer3d(build):
    frozen = build('mvd_mm.FrozenRecognizer3D', 'mvd_mm.RecognitionHead')
    plain = build('Recognizer3D', 'mvd_mm.RecognitionHead')
    assert list(frozen.state_dict()) == list(plain.state_dict())
