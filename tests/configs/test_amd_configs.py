"""AMD's recipes, as published; by analogy where nothing is."""
import re
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from mmaction.datasets.repeat_aug_dataset import repeat_pseudo_collate
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DATASETS, MODELS, TRANSFORMS, DefaultScope
from mmengine.runner import EpochBasedTrainLoop

from mvd_mm.engine import RunSummaryHook, run_summary_hook

CONFIGS = Path(__file__).parents[2] / 'configs'
FOLDER = CONFIGS / 'amd'
# width, depth, heads
ENCODERS = dict(small=(384, 12, 6), base=(768, 12, 12), large=(1024, 24, 16))
DECODERS = dict(small=(192, 4, 3), base=(384, 4, 6))
# data, size: per GPU, GPUs, base lr, lr, min lr, epochs, layer decay, repeats,
# drop path, head dropout; of K400, S there are two scripts
FINE_TUNING = [
    ('kinetics400', 'small', 16, 16, 1e-3, 1e-3, 1e-6, 150, .75, 2, .1, 0),
    ('kinetics400', 'small', 16, 32, 1e-3, 2e-3, 2e-6, 150, .75, 2, .1, 0),
    ('kinetics400', 'base', 16, 32, 7e-4, 1.4e-3, 2e-6, 90, .75, 2, .1, 0),
    ('sthv2', 'small', 16, 16, 1e-3, 1e-3, 1e-6, 40, .75, 2, .1, 0),
    ('sthv2', 'base', 16, 16, 5e-4, 5e-4, 1e-6, 30, .75, 2, .1, 0),
    # VideoMAE's and EVEREST's of ViT-B
    ('ucf101', 'small', 16, 8, 5e-4, 2.5e-4, 5e-6, 100, .7, 2, .2, .5),
    ('ucf101', 'base', 16, 8, 5e-4, 2.5e-4, 5e-6, 100, .7, 2, .2, .5),
    ('hmdb51', 'small', 16, 8, 1e-3, 5e-4, 5e-7, 50, .75, 1, .1, 0),
    ('hmdb51', 'base', 16, 8, 1e-3, 5e-4, 5e-7, 50, .75, 1, .1, 0),
]
CLASSES = dict(kinetics400=400, sthv2=174, ucf101=101, hmdb51=51)
# clip in the name, test clips, sampler, flip
VIEWS = dict(
    kinetics400=('16x4x1', 5, 'Strided', True),
    sthv2=('u16', 2, 'Segment', False),
    ucf101=('16x4x1', 5, 'Strided', True),
    hmdb51=('16x2x1', 10, 'Strided', True))
# size, labels first: per GPU, GPUs, base lr, lr, layer decay, epochs
AVA = {
    ('small', False): (8, 16, 1e-3, 5e-4, .6, 30),
    ('small', True): (8, 16, 5e-4, 2.5e-4, .6, 30),
    ('base', False): (4, 32, 2.5e-4, 1.25e-4, .75, 30),
    ('base', True): (4, 32, 5e-4, 2.5e-4, .75, 30),
}
every_pretraining = pytest.mark.parametrize(
    'size, data, stride',
    [(size, data, stride) for size in DECODERS
     for data, stride in (('kinetics400', 4), ('sthv2', 2))])


@lru_cache(maxsize=None)
def read(path):
    return Config.fromfile(path)


def leaf(size, data, stride):
    return read(FOLDER / 'pretrain' /
                (f'amd_vit-{size}-p16_teacher-large_32xb16-16x{stride}x1-200e_'
                 f'{data}-rgb.py'))


def size_of(network):
    return network.embed_dims, network.depth, network.num_heads


def count(tensors):
    return sum(t.numel() for t in tensors)


def test_there_are_leaves_of_these_alone():
    numbers = [
        len(list((FOLDER / folder).glob('*.py')))
        for folder in ('pretrain', 'recognition', 'detection')
    ]
    assert numbers == [4, len(FINE_TUNING), len(AVA)]


@every_pretraining
def test_pretraining(size, data, stride):
    cfg = leaf(size, data, stride)
    optim, schedule, model = cfg.optim_wrapper, cfg.param_scheduler, cfg.model
    assert cfg.train_dataloader.batch_size == 16
    assert cfg.auto_scale_lr.base_batch_size == 32 * 16 == 512
    assert optim.optimizer.lr == pytest.approx(1.2e-3 * 512 / 256) == 2.4e-3
    assert schedule.eta_min_ratio * 2.4e-3 == pytest.approx(1e-5 * 512 / 256)
    # repeats counted, 2048 clips: 3e-4 for 256
    assert optim.optimizer.lr == pytest.approx(3e-4 * 512 * 4 / 256)
    assert (schedule.warmup, cfg.train_cfg.max_epochs) == (10, 200)
    # by the number of videos on the published page
    videos = dict(kinetics400=240436, sthv2=168913)[data]
    assert videos // 512 == dict(kinetics400=469, sthv2=329)[data]
    assert (optim.type, optim.loss_scale) == ('AmpOptimWrapper', 'dynamic')
    assert (optim.optimizer.type, tuple(optim.optimizer.betas),
            optim.optimizer.eps,
            optim.optimizer.weight_decay) == ('mvd_mm.FusedAdamW', (.9, .95),
                                              1e-8, .05)
    assert optim.clip_grad == dict(max_norm=.02)
    assert 'accumulative_counts' not in optim
    assert 'activation_checkpointing' not in cfg

    assert model.type == 'mvd_mm.AMD'
    assert size_of(model.backbone) == ENCODERS[size]
    assert size_of(model.decoder) == DECODERS[size]
    assert size_of(model.teacher.vit) == ENCODERS['large']
    assert model.teacher.checkpoint == dict(
        kinetics400='checkpoints/videomae_k400_vit-large_1600e.pth',
        sthv2='checkpoints/videomae_ssv2_vit-large_2400e.pth')[data]
    assert tuple(model.student_layers) == (6, 12)
    assert tuple(model.teacher.layers) == (12, 24)
    assert size_of(model.generator) == (1024, 2, 16)
    assert model.generator.learn_mask_token  # on purpose, see the README
    for loss in (model.direct_loss, model.generation_loss):
        assert (loss.criterion, loss.loss_weight) == ('l2', 1)
    assert model.pixel_weight == 1
    assert model.head.norm_target == 'channel'
    assert model.decoder.out_channels == 1536
    for part in (model.backbone, model.decoder):
        assert part.pos_embed_type == 'sinusoid_1d'
        assert part.get('drop_path_rate', 0) == 0


@every_pretraining
def test_clips_of_pretraining(size, data, stride):
    cfg = leaf(size, data, stride)
    dataset = cfg.train_dataloader.dataset
    assert (dataset.type, dataset.num_repeats,
            dataset.sample_once) == ('mvd_mm.RepeatedAugDataset', 4, True)
    assert cfg.train_dataloader.collate_fn.type == 'repeat_pseudo_collate'
    steps = {step.type: step for step in dataset.pipeline}
    masking = steps['mvd_mm.NestedTubeMasking']
    assert (masking.mask_ratio, masking.teacher_mask_ratio) == (.9, .75)
    assert tuple(masking.grid_size) == (8, 14, 14)
    crop = steps['MultiScaleCrop']
    assert tuple(crop.scales) == (1, .875, .75, .66)
    assert not any('Flip' in name for name in steps)
    assert steps['PackActionInputs'].collect_keys == ('imgs', 'mask',
                                                      'teacher_mask')
    sampler = TRANSFORMS.build(dataset.pipeline[1])
    frames = sampler(dict(total_frames=16 * stride, start_index=0))
    assert frames['frame_inds'].tolist() == dict(
        kinetics400=list(range(0, 64, 4)),  # exact steps
        sthv2=[
            *range(0, 15, 2),
            *range(17, 32, 2)  # spread, both ends included
        ])[data]


def test_repeats_share_a_moment_and_have_own_crops_and_masks(
        make_video, tmp_path):
    cfg = leaf('small', 'kinetics400', 4)
    for name in 'ab':
        make_video(tmp_path / f'{name}.mp4', num_frames=90, size=(64, 48))
    (tmp_path / 'train.txt').write_text('a.mp4 0\nb.mp4 1\n')
    options = dict(
        cfg.train_dataloader.dataset,
        ann_file=str(tmp_path / 'train.txt'),
        data_prefix=dict(video=str(tmp_path)))
    with DefaultScope.overwrite_default_scope('mmaction'):
        dataset = DATASETS.build(options)
        preprocessor = MODELS.build(cfg.model.data_preprocessor)
    batch = repeat_pseudo_collate([dataset[0], dataset[1]])
    inputs = preprocessor(batch)['inputs']
    assert inputs['imgs'].shape == (8, 3, 16, 224, 224)
    assert inputs['mask'].shape == inputs['teacher_mask'].shape == (8, 1568)
    for key, hidden in (('mask', 1408), ('teacher_mask', 1176)):
        assert (inputs[key].sum(1) == hidden).all()
        assert len(inputs[key].unique(dim=0)) == 8
    # frame i is grey of level 16 * i % 256: the frames of a video's repeats
    levels = inputs['imgs'].mean(dim=(1, 3, 4))
    for video in (levels[:4], levels[4:]):
        assert (video - video[0]).abs().max() < .05
        assert (video[0].diff().abs() > .5).all()


@pytest.mark.parametrize('size', DECODERS)
def test_parameters(size, build_on_meta):
    model = build_on_meta(leaf(size, 'kinetics400', 4).model)
    width = ENCODERS[size][0]
    # the generators: 4 blocks of 12 * 1024 ** 2 weights, and 12 * 1024 biases
    # and norms
    blocks = count(p for name, p in model.generators.named_parameters()
                   if 'mask_token' not in name)
    assert blocks == 4 * (12 * 1024**2 + 12 * 1024)
    assert f'{blocks / 1e6:.1f}' == '50.4'
    assert blocks > 2 * count(
        build_on_meta(leaf('small', 'kinetics400',
                           4).model).backbone.parameters())
    assert [tuple(p.weight.shape)
            for p in model.projections] == [(1024, width)] * 2
    # besides VideoMAE: generators with their mask tokens, projections
    videomae, = (
        CONFIGS / 'videomae' /
        'pretrain').glob(f'videomae_vit-{size}-*-1600e_kinetics400-rgb.py')
    plain = count(build_on_meta(read(videomae).model).parameters())
    trained = count(p for p in model.parameters() if p.requires_grad)
    assert trained == plain + blocks + 2 * 1024 + 2 * 1024 * width
    # the teacher is neither trained nor saved
    assert not any(p.requires_grad for p in model.teacher.parameters())
    assert not any(k.startswith('teacher.') for k in model.state_dict())


@pytest.fixture(scope='module')
def on_cpu():
    """A recipe's optimiser; Amp's needs a GPU."""

    def make(cfg):
        optim = cfg.optim_wrapper.to_dict()
        optim.update(type='OptimWrapper')
        optim.pop('loss_scale')
        return optim

    return make


@pytest.mark.parametrize('learn', [True, False])
def test_optimiser_groups(learn, build_on_meta, on_cpu):
    cfg = leaf('small', 'kinetics400', 4)
    model_cfg = cfg.model.to_dict()
    model_cfg['generator']['learn_mask_token'] = learn
    model = build_on_meta(model_cfg)
    with DefaultScope.overwrite_default_scope('mmaction'):
        wrapper = build_optim_wrapper(model, on_cpu(cfg))
    names = {id(p): name for name, p in model.named_parameters()}
    seen = {}
    for group in wrapper.optimizer.param_groups:
        for param in group['params']:
            seen[names[id(
                param)]] = param.ndim, group['lr'], group['weight_decay']
    for name, (ndim, lr, decay) in seen.items():
        assert lr == pytest.approx(2.4e-3)
        flat = ndim == 1 or name.endswith('mask_token')
        assert decay == (0 if flat else .05), name
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    assert trained <= seen.keys()
    assert ('generators.1.mask_token' in seen) == learn
    assert {'projections.0.weight', 'decoder.mask_token'} < seen.keys()


def test_run_summary_counts_clipping_repeats_and_learning_rate(
        build_on_meta, on_cpu, monkeypatch):
    lines = []
    monkeypatch.setattr(run_summary_hook, 'print_log',
                        lambda text, logger: lines.append(text))
    monkeypatch.setattr(run_summary_hook, 'get_world_size', lambda: 32)
    cfg = leaf('small', 'kinetics400', 4)
    with DefaultScope.overwrite_default_scope('mmaction'):
        wrapper = build_optim_wrapper(build_on_meta(cfg.model), on_cpu(cfg))
    runner = SimpleNamespace(
        optim_wrapper=wrapper,
        train_dataloader=SimpleNamespace(
            batch_size=cfg.train_dataloader.batch_size,
            dataset=SimpleNamespace(
                num_repeats=cfg.train_dataloader.dataset.num_repeats)),
        train_loop=object.__new__(EpochBasedTrainLoop),
        param_schedulers=[],
        max_epochs=cfg.train_cfg.max_epochs,
        max_iters=469 * cfg.train_cfg.max_epochs,
        iter=0)
    RunSummaryHook().before_train(runner)
    assert lines == [
        'effective batch 512 = 32 processes x 16 per process x 1 accumulated, '
        '4 repeats of each: 2048 clips per update',
        'peak learning rate 0.0024; gradients clipped at max_norm=0.02; 200 '
        'epochs, 93800 iterations, 93800 updates of the weights; starts at '
        'iteration 0'
    ]


@pytest.mark.parametrize(
    'row', FINE_TUNING, ids=lambda r: '-'.join(map(str, r[:4])))
def test_fine_tuning(row):
    (data, size, batch, gpus, base, lr, low, epochs, decay, repeats, drop_path,
     dropout) = row
    clip, views, kind, flip = VIEWS[data]
    path = FOLDER / 'recognition' / (
        f'vit-{size}-p16_amd-200e-pre_{gpus}xb{batch}-{clip}-{epochs}e_'
        f'{data}-rgb.py')
    cfg = read(path)
    optim, schedule, model = cfg.optim_wrapper, cfg.param_scheduler, cfg.model
    total = gpus * batch
    assert total == cfg.auto_scale_lr.base_batch_size
    assert cfg.train_dataloader.batch_size == batch
    assert cfg.train_dataloader.dataset.num_repeats == repeats
    assert base * total / 256 == pytest.approx(lr)
    assert optim.optimizer.lr == pytest.approx(lr)
    assert schedule.eta_min_ratio * lr == pytest.approx(low)
    assert (optim.optimizer.type, tuple(optim.optimizer.betas),
            optim.optimizer.weight_decay) == ('mvd_mm.FusedAdamW', (.9, .999),
                                              .05)
    assert 'clip_grad' not in optim
    assert (schedule.warmup, cfg.train_cfg.max_epochs) == (5, epochs)
    assert optim.paramwise_cfg == dict(num_layers=12, decay_rate=decay)
    assert size_of(model.backbone) == ENCODERS[size]
    assert model.backbone.pos_embed_type == 'sinusoid_1d'
    assert (model.backbone.drop_path_rate,
            model.cls_head.dropout_ratio) == (drop_path, dropout)
    source = 'ssv2' if data == 'sthv2' else 'k400'
    assert model.backbone.init_cfg.checkpoint == (
        f'checkpoints/amd_{source}_vit-{size}_200e.pth')
    assert model.cls_head.num_classes == CLASSES[data]
    blending = model.data_preprocessor.blending
    if data == 'hmdb51':
        assert blending is None and model.cls_head.label_smooth_eps == .1
    else:
        assert blending.num_classes == CLASSES[data]
        assert (blending.cutmix_axes, blending.smoothing) == ('height_width',
                                                              .1)
    training, testing = ({
        step.type: step
        for step in cfg[f'{part}_dataloader'].dataset.pipeline
    } for part in ('train', 'test'))
    assert ('Flip' in training) == flip
    sampling = training[f'mvd_mm.{kind}SampleFrames']
    if data == 'sthv2':
        assert sampling.short_videos == 'pad_front'
    else:
        assert clip == f'16x{sampling.frame_interval}x1'
    assert testing[f'mvd_mm.{kind}SampleFrames'].num_clips == views
    assert testing['mvd_mm.ThreeCropViews'].num_crops == 3
    # a video that cannot be read is never right
    assert not cfg.test_dataloader.dataset.get('count_failures_as_wrong')
    text = ' '.join(path.read_text().split())
    assert f'WORK_DIR/epoch_{epochs}.pth 8' in text
    assert ('Our analogue' in text) == (data in ('ucf101', 'hmdb51'))
    if data in ('ucf101', 'hmdb51'):
        mvd, = (
            CONFIGS / 'mvd' /
            'recognition').glob(f'vit-base-*-base-400e-pre_*_{data}-rgb.py')
        theirs = read(mvd)
        for key in ('train_dataloader', 'val_dataloader', 'test_dataloader',
                    'param_scheduler', 'train_cfg', 'optim_wrapper'):
            assert cfg[key] == theirs[key], key


@pytest.mark.parametrize('row', AVA, ids=lambda r: f'{r[0]}-{r[1]}')
def test_ava_has_the_settings_of_videomae(row):
    size, labels = row
    batch, gpus, base, lr, decay, epochs = AVA[row]
    end = (f'{"-k400-ft" * labels}_{gpus}xb{batch}-16x4x1-{epochs}e_'
           'ava22-rgb.py')
    path = FOLDER / 'detection' / f'vit-{size}-p16_amd-200e-pre{end}'
    theirs = CONFIGS / 'videomae' / 'detection' / (
        f'vit-{size}-p16_videomae-1600e-pre{end}')
    cfg, other = read(path).to_dict(), read(theirs).to_dict()
    for found in (cfg, other):
        found.pop('filename', None)
    assert cfg == other
    assert cfg['optim_wrapper']['optimizer']['lr'] == pytest.approx(lr)
    assert lr == pytest.approx(base * 128 / 256)
    assert cfg['optim_wrapper']['paramwise_cfg']['decay_rate'] == decay
    assert 'Our analogue' in path.read_text()


def test_quickstart_has_the_quickstart_s_networks():
    path, = (FOLDER / 'quickstart').glob('*.py')
    cfg = read(path)
    stage1, = (CONFIGS / 'mvd' / 'quickstart').glob('videomae_vit-micro-p8_*')
    videomae = read(stage1).model
    assert cfg.model.backbone == videomae.backbone
    assert cfg.model.decoder == videomae.decoder
    names = cfg.model.teacher.vit.keys()
    assert cfg.model.teacher.vit == {
        name: videomae.backbone[name]
        for name in names
    }
    assert re.search(r'_teacher-micro_', path.stem)
    assert cfg.optim_wrapper.clip_grad == dict(max_norm=.02)
