"""Detector of tiny size: boxes, losses, predictions, checkpoints."""
import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope
from mmengine.structures import InstanceData

from mvd_mm.models import MVDRoIHead

PREFIX = dict(pretrain='student/', finetune='model/')
DEPTH = dict(pretrain=2, finetune=3)
BASE = 'configs/_base_/models/vit-base-p16_ava.py'


@pytest.fixture
def build(request, vit_cfg):

    def make(**backbone):
        cfg = Config.fromfile(request.config.rootpath / BASE).model
        cfg.backbone.update(vit_cfg(drop_path_rate=0.), **backbone)
        extractor = cfg.roi_head.bbox_roi_extractor
        extractor.featmap_stride = 8
        cfg.roi_head.bbox_head.update(in_channels=32, num_classes=6)
        cfg.data_preprocessor.pad_size_divisor = 8
        with DefaultScope.overwrite_default_scope('mmaction'):
            return MODELS.build(cfg)

    return make


def sample(boxes, size=(40, 53), scores=None):
    boxes = torch.tensor(boxes).reshape(-1, 4)
    labels = torch.zeros(len(boxes), 6)
    labels[:, 2] = 1
    scores = np.full(len(boxes), 0.9) if scores is None else scores
    found = ActionDataSample(metainfo=dict(img_shape=size, scores=scores))
    found.gt_instances = InstanceData(bboxes=boxes, labels=labels)
    found.proposals = InstanceData(bboxes=boxes.clone())
    return found


def batch(*samples):
    # 40 x 53 pixels: no multiple of the patch of 8 along the width
    clips = [
        torch.randint(0, 255, (3, 4, 40, 53), dtype=torch.uint8)
        for _ in samples
    ]
    return dict(inputs=clips, data_samples=list(samples))


def head():
    cfg = dict(type='mvd_mm.RoIAlignExtractor3D')
    with DefaultScope.overwrite_default_scope('mmdet'):
        return MVDRoIHead(
            bbox_roi_extractor=cfg,
            bbox_head=dict(type='mvd_mm.PersonScoreBBoxHead', in_channels=4))


def test_boxes_grow_by_a_tenth_and_a_twentieth_inside_the_frame():
    boxes = torch.tensor([[20., 20, 40, 60], [0, 0, 100, 80]])
    torch.testing.assert_close(
        head().expand(boxes, (80, 100)),
        torch.tensor([[19., 19, 41, 61], [0, 0, 100, 80]]))


def test_rectangular_clips_train_every_parameter(build, randomise):
    model = randomise(build())
    data = model.data_preprocessor(
        batch(sample([[3., 4, 30, 35]]), sample([[0., 0, 53, 40]])), True)
    losses = model(**data, mode='loss')
    total, _ = model.parse_losses(losses)
    total.backward()
    untouched = [
        n for n, p in model.named_parameters()
        if p.grad is None or (p.grad == 0).all()
    ]
    assert not untouched
    assert losses['loss_action_cls'].isfinite()


def test_clips_without_boxes_train_with_a_loss_of_zero(build):
    model = build()
    data = model.data_preprocessor(batch(sample([]), sample([])), True)
    total, _ = model.parse_losses(model(**data, mode='loss'))
    total.backward()
    assert total == 0
    assert all(p.grad is not None for p in model.parameters())


def test_features_come_from_the_larger_box_the_box_is_the_detectors(
        build, randomise):
    model = randomise(build()).eval()
    box = torch.tensor([[10., 8, 30, 28]])
    data = model.data_preprocessor(batch(sample(box.tolist())))
    with torch.no_grad():
        found = model(**data, mode='predict')[0].pred_instances
        feat = model.backbone(data['inputs'])
        rois = torch.tensor([[0., 9, 7.5, 31, 28.5]])
        pooled, _ = model.roi_head.bbox_roi_extractor(feat, rois)
        logits = model.roi_head.bbox_head(pooled)
    assert feat.shape == (1, 32, 2, 5, 7)  # 53 pixels padded to 56
    torch.testing.assert_close(found.scores, logits.sigmoid() * 0.9)
    torch.testing.assert_close(found.bboxes,
                               box / torch.tensor([53., 40, 53, 40]))


def test_no_person_gives_no_detection(build):
    model = build().eval()
    data = model.data_preprocessor(batch(sample([])))
    with torch.no_grad():
        found = model(**data, mode='predict')[0].pred_instances
    assert found.bboxes.shape == (0, 4) and found.scores.shape == (0, 6)


@pytest.mark.parametrize('wrapper', ['model', 'module'])
@pytest.mark.parametrize('kind', ['pretrain', 'finetune'])
def test_pretraining_and_recognition_files_load(build, golden, tmp_path, kind,
                                                wrapper):
    weights = golden(f'{kind}_plain', PREFIX[kind])
    path = tmp_path / 'file.pth'
    torch.save({wrapper: weights}, path)
    model = build(
        img_size=24,
        num_frames=16,
        depth=DEPTH[kind],
        init_cfg=dict(type='Pretrained', checkpoint=str(path)))
    model.init_weights()
    vit = model.backbone
    for number in range(DEPTH[kind]):
        theirs = weights[f'blocks.{number}.mlp.fc1.weight']
        assert (vit.blocks[number].mlp.layers[0][0].weight == theirs).all()
    if kind == 'pretrain':
        assert (vit.norm.weight == weights['norm.weight']).all()
    else:  # `fc_norm` closed a mean: the norm of the tokens starts new
        assert (vit.norm.weight == 1).all() and (vit.norm.bias == 0).all()
    assert 0 < model.roi_head.bbox_head.fc_cls.weight.abs().max() < 1e-4


@pytest.mark.parametrize('ratio', [(0.1, ), (-1, 0)])
def test_a_ratio_that_leaves_no_box_is_refused(ratio):
    with pytest.raises(ValueError, match='`expand_ratio`'):
        MVDRoIHead(
            expand_ratio=ratio,
            bbox_roi_extractor=dict(type='mvd_mm.RoIAlignExtractor3D'),
            bbox_head=dict(type='mvd_mm.PersonScoreBBoxHead', in_channels=4))
