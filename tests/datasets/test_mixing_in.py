"""Our transforms inside MMAction2's recipes, trained two iterations."""
from uuid import uuid4

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from mvd_mm.registry import MODELS

pytest.importorskip('decord')


class Record(Hook):
    """Losses of each iteration."""

    def __init__(self):
        self.losses = []

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        self.losses.append(outputs['loss'].item())


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    """Four videos of moving noise, and their list."""
    root = tmp_path_factory.mktemp('videos')
    rng = np.random.default_rng(0)
    for index in range(4):
        writer = cv2.VideoWriter(
            str(root / f'{index}.mp4'), cv2.VideoWriter_fourcc(*'mp4v'), 10,
            (80, 64))
        noise = cv2.resize(
            rng.integers(0, 256, (8, 10, 3), dtype=np.uint8), (80, 64))
        for time in range(20):
            writer.write(np.roll(noise, 3 * time, axis=1))
        writer.release()
    (root / 'train.txt').write_text(''.join(f'{index}.mp4 {index % 3}\n'
                                            for index in range(4)))
    return root


def model_of(name, folder):
    """A model of MMAction2's, through ``_base_`` as a user's config."""
    path = folder / 'leaf.py'
    path.write_text(f"_base_ = ['mmaction::_base_/models/{name}.py']\n")
    return Config.fromfile(path).model


def train(videos, work_dir, model, pipeline, **dataset):
    """Train two iterations of two videos; returns the losses."""
    dataset = dict(
        dict(
            type='VideoDataset',
            ann_file=str(videos / 'train.txt'),
            data_prefix=dict(video=str(videos)),
            pipeline=[dict(type='DecordInit'), *pipeline]), **dataset)
    repeats = {
        'collate_fn': dict(type='repeat_pseudo_collate')
    } if 'Repeat' in dataset['type'] else {}
    record = Record()
    runner = Runner.from_cfg(
        Config(
            dict(
                default_scope='mmaction',
                experiment_name=uuid4().hex,
                work_dir=str(work_dir),
                log_level='WARNING',
                model=model,
                train_dataloader=dict(
                    batch_size=2,
                    num_workers=0,
                    sampler=dict(type='DefaultSampler', shuffle=True),
                    dataset=dataset,
                    **repeats),
                train_cfg=dict(by_epoch=True, max_epochs=1),
                optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
                randomness=dict(seed=0))))
    runner.register_hook(record)
    runner.train()
    assert len(record.losses) == 2 and np.isfinite(record.losses).all()
    return runner


def test_rand_augment_in_a_tsn(videos, tmp_path):
    model = model_of('tsn_r50', tmp_path)
    model.backbone = dict(type='ResNet', depth=18, pretrained=None)
    model.cls_head.update(in_channels=512, num_classes=3)
    train(videos, tmp_path, model, [
        dict(type='SampleFrames', clip_len=1, num_clips=3),
        dict(type='DecordDecode'),
        dict(type='mvd_mm.ClipRandAugment', prob=1),
        dict(type='Resize', scale=(-1, 64)),
        dict(
            type='MultiScaleCrop',
            input_size=48,
            scales=(1, 0.875),
            random_crop=False),
        dict(type='Resize', scale=(48, 48), keep_ratio=False),
        dict(type='Flip', flip_ratio=0.5),
        dict(type='mvd_mm.ClipRandomErasing', prob=1),
        dict(type='FormatShape', input_format='NCHW'),
        dict(type='PackActionInputs')
    ])


@pytest.mark.parametrize('kind',
                         ['mvd_mm.RepeatedAugDataset', 'RepeatAugDataset'])
def test_augmentation_blending_and_masks_in_a_swin(videos, tmp_path, kind):
    model = model_of('swin_tiny', tmp_path)
    model.backbone.update(
        pretrained2d=False,
        window_size=(2, 4, 4),
        arch=dict(embed_dims=12, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2]))
    model.cls_head.update(in_channels=96, num_classes=3)
    model.data_preprocessor.blending = dict(
        type='mvd_mm.ReversedMixupCutmix', num_classes=3)
    runner = train(
        videos,
        tmp_path,
        model, [
            dict(
                type='mvd_mm.StridedSampleFrames',
                clip_len=4,
                frame_interval=2),
            dict(type='DecordDecode'),
            dict(type='mvd_mm.ClipRandAugment'),
            dict(type='mvd_mm.ClipRandomResizedCrop', size=64),
            dict(type='Flip', flip_ratio=0.5),
            dict(type='mvd_mm.ClipRandomErasing', prob=1),
            dict(
                type='mvd_mm.TubeMasking',
                grid_size=(2, 4, 4),
                mask_ratio=0.75),
            dict(type='FormatShape', input_format='NCTHW'),
            dict(type='PackActionInputs', algorithm_keys=('mask', ))
        ],
        type=kind,
        num_repeats=2)
    batch = next(iter(runner.train_dataloader))
    assert len(batch['inputs']) == 4  # two videos, twice each
    for sample in batch['data_samples']:
        assert sample.mask.shape == (32, ) and sample.mask.sum() == 24
    labels = [s.gt_label.item() for s in batch['data_samples']]
    assert labels[0] == labels[1] and labels[2] == labels[3]
    data = runner.model.data_preprocessor(batch, training=True)
    targets = torch.stack([s.gt_label for s in data['data_samples']])
    torch.testing.assert_close(targets.sum(1), torch.ones(4))
    assert targets.min() >= 0.1 / 3 - 1e-6


@pytest.mark.parametrize('frames, size', [(8, 48), (16, (64, 48))])
def test_other_lengths_and_shapes_train_our_backbone(videos, tmp_path, frames,
                                                     size):
    width, height = (size, size) if isinstance(size, int) else size
    model = dict(
        type='Recognizer3D',
        backbone=dict(
            type='mvd_mm.MVDVisionTransformer',
            img_size=(height, width),
            patch_size=16,
            embed_dims=32,
            depth=1,
            num_heads=2,
            num_frames=frames),
        cls_head=dict(type='TimeSformerHead', num_classes=3, in_channels=32),
        data_preprocessor=dict(
            type='ActionDataPreprocessor',
            mean=[123.675, 116.28, 103.53],
            std=[58.395, 57.12, 57.375],
            format_shape='NCTHW',
            blending=dict(type='mvd_mm.ReversedMixupCutmix', num_classes=3)))
    with DefaultScope.overwrite_default_scope('mmaction'):
        assert MODELS.build(model['data_preprocessor']).blending is not None
    runner = train(
        videos,
        tmp_path,
        model, [
            dict(type='mvd_mm.SegmentSampleFrames', clip_len=frames),
            dict(type='DecordDecode'),
            dict(type='mvd_mm.ClipRandAugment'),
            dict(type='mvd_mm.ClipRandomResizedCrop', size=size),
            dict(type='mvd_mm.ClipRandomErasing'),
            dict(type='FormatShape', input_format='NCTHW'),
            dict(type='PackActionInputs')
        ],
        type='mvd_mm.RepeatedAugDataset',
        sample_once=True)
    batch = next(iter(runner.train_dataloader))
    assert batch['inputs'][0].shape == (1, 3, frames, height, width)
