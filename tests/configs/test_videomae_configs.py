"""VideoMAE's recipes, as published."""
import re
from functools import lru_cache
from pathlib import Path

import pytest
from mmengine.config import Config

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / 'configs' / 'videomae'
# width, depth, heads
ENCODERS = dict(
    small=(384, 12, 6),
    base=(768, 12, 12),
    large=(1024, 24, 16),
    huge=(1280, 32, 16))
DECODERS = dict(
    small=(192, 4, 3), base=(384, 4, 6), large=(512, 12, 8), huge=(640, 12, 8))
# data, size, epochs: mask ratio, per GPU, GPUs, total, base lr, lr, min lr,
# stride; the last of SSv2 is ours
PRETRAINING = {
    ('kinetics400', 'small', 1600): (.9, 32, 32, 1024, 1.5e-4, 6e-4, 4e-5, 4),
    ('kinetics400', 'base', 800): (.9, 32, 64, 2048, 1.5e-4, 1.2e-3, 8e-5, 4),
    ('kinetics400', 'base', 1600): (.9, 32, 64, 2048, 1.5e-4, 1.2e-3, 8e-5, 4),
    ('kinetics400', 'large', 1600): (.9, 8, 64, 512, 1.5e-4, 3e-4, 2e-5, 4),
    ('kinetics400', 'huge', 1600): (.9, 16, 64, 1024, 1.5e-4, 6e-4, 4e-5, 4),
    ('sthv2', 'small', 2400): (.9, 32, 64, 2048, 1.5e-4, 1.2e-3, 8e-5, 2),
    ('sthv2', 'base', 800): (.9, 32, 64, 2048, 1.5e-4, 1.2e-3, 8e-5, 2),
    ('sthv2', 'base', 2400): (.9, 32, 64, 2048, 1.5e-4, 1.2e-3, 8e-5, 2),
    ('sthv2', 'large', 2400): (.9, 8, 64, 512, 1.5e-4, 3e-4, 2e-5, 2),
    ('ucf101', 'base', 3200): (.75, 24, 8, 192, 3e-4, 2.25e-4, 7.5e-6, 4),
}
# data, size, epochs of pre-training: per GPU, GPUs, total, repeats, base lr,
# lr, min lr, epochs, layer decay, drop path, head dropout, checkpointing
FINE_TUNING = {
    ('kinetics400', 'small', 1600):
    (12, 32, 384, 2, 5e-4, 7.5e-4, 1.5e-6, 150, .75, .1, 0, False),
    ('kinetics400', 'base', 800):
    (8, 64, 512, 1, 1e-3, 2e-3, 2e-6, 100, .75, .1, 0, False),
    ('kinetics400', 'base', 1600):
    (6, 64, 384, 2, 5e-4, 7.5e-4, 1.5e-6, 75, .75, .1, 0, False),
    ('kinetics400', 'large', 1600):
    (2, 64, 128, 2, 2e-3, 1e-3, 5e-7, 35, .75, .1, 0, False),
    ('kinetics400', 'huge', 1600): (8, 64, 512, 2, 1e-3, 2e-3, 2e-5, 50, .75,
                                    .2, .5, True),
    ('sthv2', 'small', 2400): (12, 32, 384, 2, 1e-3, 1.5e-3, 1.5e-6, 40, .7,
                               .1, 0, False),
    ('sthv2', 'base', 800): (8, 64, 512, 1, 5e-4, 1e-3, 2e-6, 50, .75, .1, 0,
                             False),
    ('sthv2', 'base', 2400): (6, 64, 384, 2, 5e-4, 7.5e-4, 1.5e-6, 30, .75, .1,
                              0, False),
    ('ucf101', 'base', 3200): (16, 8, 128, 2, 5e-4, 2.5e-4, 5e-6, 100, .7, .2,
                               .5, True),
}
# size, labels first: per GPU, GPUs, base lr, lr, layer decay, epochs, mAP
AVA = {
    ('small', False): (8, 16, 1e-3, 5e-4, .6, 30, 22.5),
    ('small', True): (8, 16, 5e-4, 2.5e-4, .6, 30, 28.4),
    ('base', False): (4, 32, 2.5e-4, 1.25e-4, .75, 30, 26.7),
    ('base', True): (4, 32, 5e-4, 2.5e-4, .75, 30, 31.8),
    ('large', False): (4, 32, 2.5e-4, 1.25e-4, .75, 30, 34.3),
    ('large', True): (4, 32, 5e-4, 2.5e-4, .8, 20, 37.0),
    ('huge', False): (2, 64, 5e-4, 2.5e-4, .8, 20, 36.5),
    ('huge', True): (2, 64, 5e-4, 2.5e-4, .8, 20, 39.5),
}
CLASSES = dict(kinetics400=400, sthv2=174, ucf101=101)
SHORT = dict(kinetics400='k400', sthv2='ssv2', ucf101='ucf101')


@lru_cache(maxsize=None)
def read(path):
    return Config.fromfile(path)


def one(folder, pattern):
    path, = (FOLDER / folder).glob(pattern)
    return path


def steps_of(cfg, part='train'):
    pipeline = cfg[f'{part}_dataloader'].dataset.pipeline
    return {step.type: step for step in pipeline}


def size_of(network):
    return network.embed_dims, network.depth, network.num_heads


def test_there_are_leaves_of_these_alone():
    for folder, table in (('pretrain', PRETRAINING),
                          ('recognition', FINE_TUNING), ('detection', AVA)):
        assert len(list((FOLDER / folder).glob('*.py'))) == len(table)


@pytest.mark.parametrize(
    'row', PRETRAINING, ids=lambda r: '-'.join(map(str, r)))
def test_pretraining(row):
    data, size, epochs = row
    ratio, batch, gpus, total, base, lr, low, stride = PRETRAINING[row]
    cfg = read(
        one(
            'pretrain', f'videomae_vit-{size}-p16_tube{ratio * 100:.0f}_'
            f'{gpus}xb{batch}-16x{stride}x1-{epochs}e_{data}-rgb.py'))
    optim, schedule = cfg.optim_wrapper, cfg.param_scheduler
    assert gpus * batch == total == cfg.auto_scale_lr.base_batch_size
    assert base * total / 256 == pytest.approx(lr)
    assert 1e-5 * total / 256 == pytest.approx(low)
    assert optim.optimizer.lr == pytest.approx(lr)
    assert schedule.eta_min_ratio * lr == pytest.approx(low)
    assert (optim.type, optim.loss_scale) == ('AmpOptimWrapper', 'dynamic')
    assert (optim.optimizer.type, tuple(optim.optimizer.betas),
            optim.optimizer.eps,
            optim.optimizer.weight_decay) == ('mvd_mm.FusedAdamW', (.9, .95),
                                              1e-8, .05)
    assert 'accumulative_counts' not in optim and 'clip_grad' not in optim
    assert (schedule.warmup, cfg.train_cfg.max_epochs) == (40, epochs)

    model = cfg.model
    assert size_of(model.backbone) == ENCODERS[size]
    assert size_of(model.decoder) == DECODERS[size]
    assert model.decoder.out_channels == 1536
    assert (model.decoder.proj_bias, model.decoder.proj_init) == (False,
                                                                  'default')
    for part in (model.backbone, model.decoder):
        assert part.pos_embed_type == 'sinusoid_1d'
        assert part.get('drop_path_rate', 0) == part.get('drop_rate', 0) == 0
    assert model.head.norm_target == 'channel'

    steps = steps_of(cfg)
    masking = steps['mvd_mm.TubeMasking']
    assert (masking.mask_ratio, masking.grid_size) == (ratio, (8, 14, 14))
    assert steps['mvd_mm.PretrainSampleFrames'].frame_interval == stride
    crop = steps['MultiScaleCrop']
    assert (tuple(crop.scales), crop.num_fixed_crops) == ((1, .875, .75, .66),
                                                          13)
    assert list(steps)[3] == 'MultiScaleCrop'  # straight from the frame
    assert not any('Flip' in s or 'Augment' in s for s in steps)
    assert 'num_repeats' not in cfg.train_dataloader.dataset
    assert f'data/{data}' in cfg.train_dataloader.dataset.ann_file
    assert ('activation_checkpointing' in cfg) == (size == 'huge')


@pytest.mark.parametrize('size, gpus, batch', [('small', 32, 32),
                                               ('base', 64, 32),
                                               ('large', 64, 8),
                                               ('huge', 64, 16)])
def test_stage_1_of_mvd_is_the_same_recipe(size, gpus, batch):
    end = f'{gpus}xb{batch}-16x4x1-1600e_kinetics400-rgb.py'
    stage1, = (FOLDER.parent / 'mvd' /
               'stage1').glob(f'videomae_vit-{size}-p16_{end}')
    mine = read(one('pretrain', f'videomae_vit-{size}-p16_tube90_{end}'))
    found, expected = read(stage1).to_dict(), mine.to_dict()
    for cfg in (found, expected):
        cfg.pop('filename', None)
    assert found == expected
    # ... by inheriting it
    assert stage1.read_text().count('\n') < 20


@pytest.mark.parametrize(
    'row', FINE_TUNING, ids=lambda r: '-'.join(map(str, r)))
def test_fine_tuning(row):
    data, size, pre = row
    (batch, gpus, total, repeats, base, lr, low, epochs, decay, drop_path,
     dropout, checkpointing) = FINE_TUNING[row]
    clip = 'u16' if data == 'sthv2' else '16x4x1'
    path = one(
        'recognition', f'vit-{size}-p16_videomae-{pre}e-pre_{gpus}xb{batch}-'
        f'{clip}-{epochs}e_{data}-rgb.py')
    cfg = read(path)
    optim, schedule, model = cfg.optim_wrapper, cfg.param_scheduler, cfg.model
    assert gpus * batch == total == cfg.auto_scale_lr.base_batch_size
    assert cfg.train_dataloader.batch_size == batch
    assert cfg.train_dataloader.dataset.num_repeats == repeats
    assert base * total / 256 == pytest.approx(lr)
    assert optim.optimizer.lr == pytest.approx(lr)
    assert schedule.eta_min_ratio * lr == pytest.approx(low)
    assert (optim.optimizer.type, tuple(optim.optimizer.betas),
            optim.optimizer.eps,
            optim.optimizer.weight_decay) == ('mvd_mm.FusedAdamW', (.9, .999),
                                              1e-8, .05)
    assert 'accumulative_counts' not in optim and 'clip_grad' not in optim
    assert (schedule.warmup, cfg.train_cfg.max_epochs) == (5, epochs)
    assert optim.paramwise_cfg == dict(
        num_layers=ENCODERS[size][1], decay_rate=decay)
    assert size_of(model.backbone) == ENCODERS[size]
    assert model.backbone.pos_embed_type == 'sinusoid_1d'
    assert (model.backbone.drop_path_rate,
            model.cls_head.dropout_ratio) == (drop_path, dropout)
    assert model.backbone.get('drop_rate', 0) == 0
    assert model.backbone.init_cfg.checkpoint == (
        f'checkpoints/videomae_{SHORT[data]}_vit-{size}_{pre}e.pth')
    head, blending = model.cls_head, model.data_preprocessor.blending
    assert head.num_classes == blending.num_classes == CLASSES[data]
    assert (head.init_std, head.init_scale) == (.02, .001)
    # not the CutMix of frames that MVD had
    assert blending.cutmix_axes == 'height_width'
    assert (blending.mixup_alpha, blending.cutmix_alpha, blending.prob,
            blending.switch_prob, blending.smoothing) == (.8, 1., 1., .5, .1)
    blocks = [f'backbone.blocks.{i}' for i in range(ENCODERS[size][1])]
    assert cfg.get('activation_checkpointing', []) == blocks * checkpointing
    last = f'dist_test.sh THIS_FILE WORK_DIR/epoch_{epochs}.pth 8'
    assert last in path.read_text()


@pytest.mark.parametrize(
    'row', FINE_TUNING, ids=lambda r: '-'.join(map(str, r)))
def test_clips_and_views_of_fine_tuning(row):
    data, size, _ = row
    cfg = read(one('recognition', f'vit-{size}-*-{row[2]}e-pre_*_{data}-*.py'))
    training, validation, testing = (
        steps_of(cfg, part) for part in ('train', 'val', 'test'))
    kind = 'Segment' if data == 'sthv2' else 'Strided'
    sampling = [
        s[f'mvd_mm.{kind}SampleFrames']
        for s in (training, validation, testing)
    ]
    assert all(s.clip_len == 16 for s in sampling)
    clips = 2 if data == 'sthv2' else 5
    assert (sampling[2].num_clips, sampling[2].test_mode) == (clips, True)
    assert testing['mvd_mm.ThreeCropViews'].num_crops == 3
    assert validation['mvd_mm.ThreeCropViews'].num_crops == 1
    if data == 'sthv2':
        assert [s.get('short_videos')
                for s in sampling] == ['first'] * 2 + [None]
        assert 'Flip' not in training
    else:
        assert sampling[0].frame_interval == 4
        assert training['Flip'].flip_ratio == .5
    augment = training['mvd_mm.ClipRandAugment']
    assert (augment.num_ops, augment.magnitude, augment.magnitude_std,
            augment.prob, augment.interpolation) == (4, 7, .5, .5, 'bicubic')
    erasing = training['mvd_mm.ClipRandomErasing']
    assert (erasing.prob, erasing.mode) == (.25, 'pixel')
    crop = training['mvd_mm.ClipRandomResizedCrop']
    assert tuple(crop.area_range) == (.08, 1.)
    assert tuple(crop.aspect_ratio_range) == pytest.approx((.75, 1.3333),
                                                           abs=1e-4)


@pytest.mark.parametrize('row', AVA, ids=lambda r: f'{r[0]}-{r[1]}')
def test_ava(row):
    size, labels = row
    batch, gpus, base, lr, decay, epochs, mean_ap = AVA[row]
    tag = '-k400-ft' * labels
    path = one(
        'detection', f'vit-{size}-p16_videomae-1600e-pre{tag}_'
        f'{gpus}xb{batch}-16x4x1-{epochs}e_ava22-rgb.py')
    check_ava(path, size, *AVA[row][:-1])
    assert f'{mean_ap} mAP is published' in ' '.join(path.read_text().split())
    blocks = [f'backbone.blocks.{i}' for i in range(ENCODERS[size][1])]
    assert read(path).get('activation_checkpointing', []) == (
        blocks if size in ('large', 'huge') else [])


def check_ava(path, size, batch, gpus, base, lr, decay, epochs):
    """What MVD's leaves share with VideoMAE's and AMD's, and what not."""
    cfg = read(path)
    mvd = read(
        FOLDER.parent / 'mvd' / 'detection' /
        'vit-base-p16_mvd-teachers-base-400e-pre_16xb8-16x4x1-30e_ava22-rgb.py'
    )
    optim, schedule = cfg.optim_wrapper, cfg.param_scheduler
    assert gpus * batch == 128 == cfg.auto_scale_lr.base_batch_size
    assert cfg.train_dataloader.batch_size == batch
    assert optim.optimizer.lr == pytest.approx(lr)
    assert base * 128 / 256 == pytest.approx(lr)
    assert schedule.eta_min_ratio * lr == pytest.approx(1e-6 * 128 / 256)
    assert optim.paramwise_cfg == dict(
        num_layers=ENCODERS[size][1], decay_rate=decay)
    assert (schedule.warmup, cfg.train_cfg.max_epochs) == (5, epochs)
    assert size_of(cfg.model.backbone) == ENCODERS[size]
    assert cfg.model.backbone.pos_embed_type == 'sinusoid_1d'
    assert cfg.model.backbone.drop_path_rate == .2
    assert cfg.model.roi_head.bbox_head.in_channels == ENCODERS[size][0]
    # the protocol of test_detection_configs.py
    for key in ('val_dataloader', 'test_dataloader', 'val_evaluator'):
        assert cfg[key] == mvd[key]
    assert cfg.train_dataloader.dataset == mvd.train_dataloader.dataset
    for key in ('data_preprocessor', 'train_cfg', 'test_cfg'):
        assert cfg.model[key] == mvd.model[key]
    assert cfg.model.roi_head.bbox_roi_extractor == (
        mvd.model.roi_head.bbox_roi_extractor)
    assert optim.type == mvd.optim_wrapper.type
    optimizers = [dict(c.optim_wrapper.optimizer, lr=None) for c in (cfg, mvd)]
    assert optimizers[0] == optimizers[1]


def test_names_are_told_apart_by_the_mask():
    # those of stage 1 of MVD have none; a basename must be unique
    for path in (FOLDER / 'pretrain').glob('*.py'):
        assert re.search(r'_tube(90|75)_', path.name)
