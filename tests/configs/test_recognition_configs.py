"""Fine-tuning leaves: the published figures, the model, the schedule."""
import json
import re
from functools import lru_cache
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope

ROOT = Path(__file__).parents[2]
LEAVES = sorted((ROOT / 'configs' / 'mvd' / 'recognition').glob('*.py'))
KNN, = (ROOT / 'configs' / 'mvd' / 'probes').glob('*_knn-probe_*.py')
PROBES = sorted({*KNN.parent.glob('*.py')} - {KNN})
COUNTS = json.loads(
    (ROOT / 'tests' / 'data' / 'parameter_counts.json').read_text())
CLASSES = dict(kinetics400=400, sthv2=174, ucf101=101, hmdb51=51)
# width, depth, heads
SIZES = dict(
    small=(384, 12, 6),
    base=(768, 12, 12),
    large=(1024, 24, 16),
    huge=(1280, 32, 16))
# data, size, epochs of the pre-training: per GPU, accumulation, GPUs, total,
# lr, epochs, drop path, head dropout, layer decay, min lr over lr,
# activation checkpointing
PUBLISHED = {
    ('kinetics400', 'small', 400):
    (12, 2, 16, 384, 7.5e-4, 150, 0.1, 0, 0.75, 2e-3, False),
    ('kinetics400', 'base', 400):
    (6, 2, 32, 384, 7.5e-4, 75, 0.1, 0, 0.75, 2e-3, False),
    ('kinetics400', 'large', 400):
    (2, 8, 32, 512, 2e-3, 50, 0.3, 0.5, 0.75, 1e-3, False),
    ('kinetics400', 'large', 800):
    (16, 1, 32, 512, 2e-3, 50, 0.3, 0.5, 0.75, 1e-3, True),
    ('kinetics400', 'huge', 800): (8, 1, 32, 256, 1e-3, 50, 0.3, 0.5, 0.75,
                                   1e-3, True),
    ('sthv2', 'small', 400): (12, 1, 32, 384, 1.5e-3, 40, 0.1, 0, 0.7, 1e-3,
                              False),
    ('sthv2', 'base', 400): (24, 1, 16, 384, 7.5e-4, 30, 0.1, 0, 0.75, 2e-3,
                             True),
    ('sthv2', 'large', 400): (16, 1, 16, 256, 5e-4, 30, 0.3, 0.5, 0.75, 2e-3,
                              True),
    ('sthv2', 'large', 800): (16, 1, 16, 256, 5e-4, 30, 0.3, 0.5, 0.75, 2e-3,
                              True),
    ('sthv2', 'huge', 800): (8, 1, 16, 128, 2.5e-4, 30, 0.3, 0.5, 0.75, 2e-2,
                             True),
    # VideoMAE's on UCF101
    ('ucf101', 'base', 400): (16, 1, 8, 128, 2.5e-4, 100, 0.2, 0.5, 0.7, 2e-2,
                              True),
    # EVEREST's on HMDB51
    ('hmdb51', 'base', 400): (16, 1, 8, 128, 5e-4, 50, 0.1, 0, 0.75, 1e-3,
                              False),
}
# stride (None: spread over the video), repeats, flip, test clips x crops
VIEWS = dict(
    kinetics400=(4, 2, True, 5, 3),
    sthv2=(None, 2, False, 2, 3),
    ucf101=(4, 2, True, 5, 3),
    hmdb51=(2, 1, True, 10, 3))
NAME = re.compile(
    r'vit-(\w+)-p16_mvd-teachers-(\w+)-(\d+)e-pre_(\d+)xb(\d+)'
    r'(?:-accum(\d+))?-(?:16x(\d)x1|u16)-(\d+)e_([a-z0-9]+)(?:-split\d)?-rgb')

every_leaf = pytest.mark.parametrize('path', LEAVES, ids=lambda p: p.stem)


@lru_cache(maxsize=None)
def read(path):
    return Config.fromfile(path)


def test_eighteen_results_and_two_more_splits_of_four():
    splits = [p for p in LEAVES if '-split' in p.stem]
    assert (len(LEAVES), len(splits)) == (18 + 8, 8)


@every_leaf
def test_leaf_has_the_published_figures_and_those_of_its_name(path):
    cfg, found = read(path), NAME.fullmatch(path.stem).groups()
    size, _, pre, gpus, batch, accum, stride, epochs, data = found
    gpus, batch, accum, epochs = map(int, (gpus, batch, accum or 1, epochs))
    optim = cfg.optim_wrapper
    model = cfg.model
    assert cfg.train_dataloader.batch_size == batch
    assert optim.get('accumulative_counts', 1) == accum
    assert cfg.train_cfg.max_epochs == epochs
    assert cfg.param_scheduler.warmup == 5
    assert (optim.optimizer.type, optim.optimizer.weight_decay,
            tuple(optim.optimizer.betas)) == ('mvd_mm.FusedAdamW', 0.05,
                                              (0.9, 0.999))
    assert optim.get('clip_grad') is None
    assert (batch, accum, gpus, gpus * batch * accum,
            pytest.approx(optim.optimizer.lr), epochs,
            model.backbone.drop_path_rate, model.cls_head.dropout_ratio,
            optim.paramwise_cfg.decay_rate,
            pytest.approx(cfg.param_scheduler.eta_min_ratio),
            'activation_checkpointing' in cfg) == PUBLISHED[data, size,
                                                            int(pre)]
    # without accumulation; repeats are not counted by the loader either
    assert cfg.auto_scale_lr.base_batch_size == gpus * batch
    assert VIEWS[data][0] == (int(stride) if stride else None)
    assert cfg.default_hooks.checkpoint.save_best == 'acc/top1'


@every_leaf
def test_header_tests_the_last_weights(path):
    cfg, text = read(path), path.read_text().split('"""')[1]
    last = f'dist_test.sh THIS_FILE WORK_DIR/epoch_{cfg.train_cfg.max_epochs}'
    assert f'{last}.pth 8' in text
    # ... which are written, at whatever interval
    assert cfg.default_hooks.checkpoint.get('save_last', True)


@every_leaf
def test_labels_are_blended_and_smoothed_as_published(path):
    model, data = read(path).model, NAME.fullmatch(path.stem)[9]
    assert model.cls_head.num_classes == CLASSES[data]
    blending = model.data_preprocessor.blending
    if data == 'hmdb51':
        assert blending is None
        assert model.cls_head.label_smooth_eps == 0.1
        return
    assert blending.type == 'mvd_mm.ReversedMixupCutmix'
    assert blending.num_classes == CLASSES[data]
    assert (blending.mixup_alpha, blending.cutmix_alpha, blending.prob,
            blending.switch_prob, blending.smoothing) == (0.8, 1., 1., 0.5,
                                                          0.1)
    # MVD's fine-tuning ran with another CutMix than VideoMAE's
    assert blending.cutmix_axes == ('height_width'
                                    if data == 'ucf101' else 'frames_height')
    assert model.cls_head.get('label_smooth_eps', 0) == 0  # once is enough


@every_leaf
def test_clips_and_views_are_those_of_the_data(path):
    cfg, data = read(path), NAME.fullmatch(path.stem)[9]
    stride, repeats, flip, clips, crops = VIEWS[data]
    assert cfg.train_dataloader.dataset.num_repeats == repeats
    training, validation, testing = ({
        step.type: step
        for step in cfg[f'{key}_dataloader'].dataset.pipeline
    } for key in ('train', 'val', 'test'))
    for steps in (training, validation, testing):
        kind = 'Strided' if stride else 'Segment'
        sampling = steps[f'mvd_mm.{kind}SampleFrames']
        assert sampling.clip_len == 16
        assert sampling.get('frame_interval') == stride
        # of testing alone: validation draws a clip at a random time
        assert ('test_mode' in sampling) == (steps is testing)
    assert sampling.num_clips == clips and sampling.test_mode
    for steps, number in ((validation, 1), (testing, crops)):
        assert steps['mvd_mm.ThreeCropViews'].num_crops == number
    assert ('Flip' in training) == flip
    augment = training['mvd_mm.ClipRandAugment']
    assert (augment.num_ops, augment.magnitude, augment.magnitude_std,
            augment.prob, augment.interpolation) == (4, 7, 0.5, 0.5, 'bicubic')
    erasing = training['mvd_mm.ClipRandomErasing']
    assert (erasing.prob, erasing.mode) == (0.25, 'pixel')
    assert tuple(erasing.area_range) == pytest.approx((0.02, 1 / 3))
    assert tuple(erasing.aspect_ratio_range) == pytest.approx((0.3, 1 / 0.3))
    assert erasing.get('max_attempts', 100) == 100


@every_leaf
def test_checkpoint_is_that_of_the_named_pretraining(path):
    size, teachers, pre = NAME.fullmatch(path.stem).groups()[:3]
    init = read(path).model.backbone.init_cfg
    assert init.type == 'Pretrained'
    assert init.checkpoint == (
        f'checkpoints/mvd_vit-{size}_teachers-{teachers}_{pre}e.pth')


@every_leaf
def test_model_has_the_published_size_and_checkpoints_its_blocks(
        path, build_on_meta):
    cfg = read(path)
    size, data = (NAME.fullmatch(path.stem)[i] for i in (1, 9))
    model = build_on_meta(cfg.model)
    backbone = cfg.model.backbone
    width, depth, heads = SIZES[size]
    assert (backbone.embed_dims, backbone.depth,
            backbone.num_heads) == (width, depth, heads)
    missing = (400 - CLASSES[data]) * (width + 1)
    assert sum(p.numel() for p in model.parameters()) == (
        COUNTS[f'mvd_finetune_{size}_k400'] - missing)
    if 'activation_checkpointing' in cfg:
        assert cfg.activation_checkpointing == [
            f'backbone.blocks.{i}' for i in range(len(model.backbone.blocks))
        ]


@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('data', ['kinetics400', 'sthv2'])
def test_layers_have_decay_to_the_power_of_their_distance_from_the_top(
        size, data, build_on_meta):
    path = next(p for p in LEAVES
                if f'vit-{size}-' in p.stem and data in p.stem)
    cfg = read(path)
    model = build_on_meta(cfg.model)
    optim = cfg.optim_wrapper.to_dict()
    optim.update(type='OptimWrapper')  # Amp's needs a GPU
    optim.pop('loss_scale')
    with DefaultScope.overwrite_default_scope('mmaction'):
        groups = build_optim_wrapper(model, optim).optimizer.param_groups
    names = {id(p): name for name, p in model.named_parameters()}
    depth, decay = SIZES[size][1], optim['paramwise_cfg']['decay_rate']
    seen = set()
    for group in groups:
        for param in group['params']:
            name = names[id(param)]
            seen.add(name)
            block = re.match(r'backbone\.blocks\.(\d+)\.', name)
            layer = depth + 1
            if block:
                layer = int(block[1]) + 1
            elif name.startswith('backbone.patch_embed'):
                layer = 0
            assert group['lr'] == pytest.approx(
                cfg.optim_wrapper.optimizer.lr * decay**(depth + 1 - layer))
            assert group['weight_decay'] == (0.05 if param.ndim > 1 else 0)
    assert seen == set(names.values())


@pytest.mark.parametrize('split', [2, 3])
@pytest.mark.parametrize('data', ['ucf101', 'hmdb51'])
def test_splits_differ_in_their_lists_alone(data, split):
    for path in LEAVES:
        if f'{data}-split{split}' not in path.stem:
            continue
        cfg = read(path).to_dict()
        first = read(path.with_name(path.name.replace(f'-split{split}',
                                                      ''))).to_dict()
        for key in ('train', 'val', 'test'):
            mine = cfg[f'{key}_dataloader']['dataset']
            theirs = first[f'{key}_dataloader']['dataset']
            assert mine['ann_file'] == theirs['ann_file'].replace(
                'split_1', f'split_{split}') != theirs['ann_file']
            mine['ann_file'] = theirs['ann_file']
        for key in ('filename', 'train_list', 'val_list'):
            cfg.pop(key, None), first.pop(key, None)
        assert cfg == first


@pytest.mark.parametrize('path', PROBES, ids=lambda p: p.stem)
def test_probe_trains_its_head_alone(path, build_on_meta):
    model = build_on_meta(read(path).model)
    model.train()
    assert not any(m.training for m in model.backbone.modules())
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    assert trained and all(n.startswith('cls_head.') for n in trained)


def test_knn_probe_trains_nothing_and_shows_both_sets_the_same_view():
    cfg = read(KNN)
    assert 'train_dataloader' not in cfg and 'optim_wrapper' not in cfg
    bank = cfg.test_cfg.bank_dataloader
    assert bank.dataset.pipeline == cfg.test_dataloader.dataset.pipeline
    assert 'train' in bank.dataset.ann_file
    assert bank.batch_size == cfg.test_dataloader.batch_size == 32
    assert not bank.sampler.round_up and not bank.sampler.shuffle
    assert cfg.test_cfg.num_classes == CLASSES['kinetics400']
