"""Every shipped config parses, builds, and does what its name says."""
import ast
import re
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

import mmengine.registry
import pytest
import yaml
from mmengine.config import Config
from mmengine.registry import TRANSFORMS, DefaultScope, Registry

from mvd_mm.apis import check_config

ROOT = Path(__file__).parents[2]
FAMILIES = ('mvd', 'videomae', 'amd')
LEAVES = sorted(
    p for family in FAMILIES
    for p in (ROOT / 'configs' / family).glob('*/*.py'))
PRETRAIN = [p for p in LEAVES if p.parent.name in ('pretrain', 'stage1')]
# `vit-..._...`: a network that learns from labels
LABELLED = [p for p in LEAVES if p.stem.startswith('vit-')]
UNLABELLED = [p for p in LEAVES if p not in LABELLED]
WIDTHS = dict(small=384, base=768, large=1024, huge=1280)
REGISTRIES = [
    r for r in vars(mmengine.registry).values() if isinstance(r, Registry)
]

# student, teachers, clips per GPU, accumulation, total, lr, min lr, drop path,
# epochs; 32 GPUs, base lr 1.5e-4, each times total / 256
PUBLISHED = [
    ('small', 'base', 16, 2, 1024, 6e-4, 4e-4, 0.1, 400),
    ('small', 'large', 16, 2, 1024, 6e-4, 4e-4, 0.1, 400),
    ('base', 'base', 16, 2, 1024, 6e-4, 4e-4, 0.1, 400),
    ('base', 'large', 8, 4, 1024, 6e-4, 4e-4, 0.1, 400),
    ('large', 'large', 8, 2, 512, 3e-4, 2e-4, 0.1, 400),
    ('large', 'large', 8, 2, 512, 3e-4, 2e-5, 0.1, 800),
    ('huge', 'huge', 8, 2, 512, 3e-4, 2e-5, 0.2, 800),
]
# width, depth, heads
ENCODERS = dict(
    small=(384, 12, 6),
    base=(768, 12, 12),
    large=(1024, 24, 16),
    huge=(1280, 32, 16))
DECODERS = dict(
    small=(384, 2, 6), base=(768, 2, 12), large=(512, 4, 8), huge=(640, 8, 8))
VIDEOMAE_DECODERS = dict(
    small=(192, 4, 3), base=(384, 4, 6), large=(512, 12, 8), huge=(640, 12, 8))

every_leaf = pytest.mark.parametrize('path', LEAVES, ids=lambda p: p.stem)
every_pretraining = pytest.mark.parametrize(
    'path', PRETRAIN, ids=lambda p: p.stem)


@lru_cache(maxsize=None)
def read(path):
    return Config.fromfile(path)


def nodes(node):
    """Yield every dict of a config."""
    if isinstance(node, dict):
        yield node
        node = node.values()
    if not isinstance(node, str) and hasattr(node, '__iter__'):
        for child in node:
            yield from nodes(child)


def size(cfg):
    return cfg.embed_dims, cfg.depth, cfg.num_heads


@every_leaf
def test_every_type_is_registered(path):
    cfg = read(path)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        for node in nodes(cfg.to_dict()):
            name = node.get('type')
            if isinstance(name, str):
                assert any(resolves(r, name) for r in REGISTRIES), name
    check_config(cfg)


def resolves(registry, name):
    if registry is mmengine.registry.FUNCTIONS:
        # the runner asks the root alone; MMAction2's node names a module that
        # does not exist
        return name in registry.module_dict
    with registry.switch_scope_and_registry(None) as scoped:
        return scoped.get(name) is not None


@every_leaf
def test_pipelines_build(path):
    cfg = read(path)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        for node in nodes(cfg.to_dict()):
            for step in node.get('pipeline', []):
                TRANSFORMS.build(step)


@every_leaf
def test_model_builds(path, build_on_meta):
    cfg = read(path)
    build_on_meta(cfg.model, cfg.default_scope)


@every_leaf
def test_leaf_is_short_and_opens_with_its_purpose(path):
    text = path.read_text()
    assert text.count('\n') <= 40
    module = ast.parse(text)
    assert ast.get_docstring(module)
    assert not any(  # with one the file would be read in the lazy style
        isinstance(n, (ast.Import, ast.ImportFrom)) for n in ast.walk(module))


def test_basenames_are_unique():
    # `mim` finds a config by its basename
    names = [p.name for p in LEAVES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize('path', UNLABELLED, ids=lambda p: p.stem)
def test_file_name_tells_the_batch_the_clip_and_the_epochs(path):
    cfg = read(path)
    found = re.search(
        r'_(\d+)xb(\d+)(?:-accum(\d+))?-(\d+)x(\d+)x(\d+)-(\d+)e_', path.stem)
    gpus, batch, accum, frames, stride, clips, epochs = (
        int(group or 1) for group in found.groups())
    assert cfg.train_dataloader.batch_size == batch
    if path in PRETRAIN or 'auto_scale_lr' in cfg:  # others: one process
        assert cfg.auto_scale_lr.base_batch_size == gpus * batch
    assert cfg.optim_wrapper.get('accumulative_counts', 1) == accum
    assert cfg.train_cfg.max_epochs == epochs
    dataset = cfg.train_dataloader.dataset
    sampling, = (
        step for step in dataset.get('dataset', dataset).pipeline
        if step.type.endswith('SampleFrames'))
    assert (sampling.clip_len, sampling.frame_interval,
            sampling.get('num_clips', 1)) == (frames, stride, clips)
    if sampling.clip_len > 1 and path in PRETRAIN:  # as published
        # AMD has fine-tuning's clips on one set of data
        spread = path.stem.startswith('amd_') and 'sthv2' in path.stem
        kind = 'Strided' if spread else 'Pretrain'
        assert sampling.type == f'mvd_mm.{kind}SampleFrames'


@pytest.mark.parametrize('path', UNLABELLED, ids=lambda p: p.stem)
def test_nothing_is_evaluated_in_pretraining(path):
    cfg = read(path)
    assert cfg.default_scope == 'mmaction'
    assert cfg.default_hooks.checkpoint.save_best is None
    assert cfg.log_processor.by_epoch
    assert 'val_dataloader' not in cfg and 'val_cfg' not in cfg
    clip = dict(max_norm=0.02) if path.stem.startswith('amd_') else None
    assert cfg.optim_wrapper.get('clip_grad') == clip


@every_leaf
def test_the_length_and_the_accumulation_stand_in_one_place(path):
    schedule = read(path).get('param_scheduler') or {}
    assert not {'end', 'accumulative_counts'} & set(schedule)


@pytest.mark.parametrize('row', PUBLISHED, ids=lambda r: '-'.join(map(str, r)))
def test_published_recipe(row):
    student, teachers, batch, accum, total, lr, min_lr, drop_path, epochs = row
    cfg = read(
        ROOT / 'configs' / 'mvd' / 'pretrain' /
        (f'mvd_vit-{student}-p16_teachers-{teachers}_32xb{batch}-accum{accum}-'
         f'16x4x1-{epochs}e_kinetics400-rgb.py'))
    accumulated = cfg.optim_wrapper.accumulative_counts
    assert cfg.auto_scale_lr.base_batch_size * accumulated == total
    assert cfg.train_dataloader.batch_size == batch and accumulated == accum
    optimizer = cfg.optim_wrapper.optimizer
    assert optimizer.lr == pytest.approx(lr)
    ratio = cfg.param_scheduler.eta_min_ratio
    assert ratio * optimizer.lr == pytest.approx(min_lr)
    assert cfg.param_scheduler.warmup == 40
    assert (optimizer.type, optimizer.weight_decay) == ('mvd_mm.FusedAdamW',
                                                        0.05)
    assert tuple(optimizer.betas) == (0.9, 0.95)
    assert cfg.optim_wrapper.type == 'AmpOptimWrapper'

    backbone = cfg.model.backbone
    assert size(backbone) == ENCODERS[student]
    assert backbone.drop_path_rate == drop_path
    assert sorted(cfg.model.branches) == ['image', 'video']
    for branch in cfg.model.branches.values():
        assert size(branch.teacher.vit) == ENCODERS[teachers]
        assert f'vit_{teachers}' in branch.teacher.checkpoint.replace('-', '_')
        assert size(branch.decoder) == DECODERS[student]
        assert branch.decoder.drop_path_rate == drop_path
        assert not {'proj_init', 'mask_token_bound'} & set(branch.decoder)
        assert branch.decoder.out_channels == WIDTHS[teachers]


# GPUs, clips per GPU, lr, min lr of the published scripts
@pytest.mark.parametrize('student, gpus, batch, lr, min_lr',
                         [('small', 32, 32, 6e-4, 4e-5),
                          ('base', 64, 32, 1.2e-3, 8e-5),
                          ('large', 64, 8, 3e-4, 2e-5),
                          ('huge', 64, 16, 6e-4, 4e-5)])
def test_videomae_recipe(student, gpus, batch, lr, min_lr):
    cfg = read(ROOT / 'configs' / 'mvd' / 'stage1' /
               (f'videomae_vit-{student}-p16_{gpus}xb{batch}-16x4x1-1600e_'
                'kinetics400-rgb.py'))
    optim, schedule = cfg.optim_wrapper, cfg.param_scheduler
    assert optim.type == 'AmpOptimWrapper'
    assert (optim.optimizer.type, tuple(optim.optimizer.betas),
            optim.optimizer.weight_decay) == ('mvd_mm.FusedAdamW', (0.9, 0.95),
                                              0.05)
    assert optim.optimizer.lr == pytest.approx(lr)
    assert schedule.eta_min_ratio * lr == pytest.approx(min_lr)
    assert (schedule.warmup, cfg.train_cfg.max_epochs) == (40, 1600)
    assert 'accumulative_counts' not in optim
    assert size(cfg.model.backbone) == ENCODERS[student]
    assert size(cfg.model.decoder) == VIDEOMAE_DECODERS[student]
    assert cfg.model.decoder.proj_bias is False
    assert cfg.model.decoder.proj_init == 'default'
    assert 'mask_token_bound' not in cfg.model.decoder  # cut, by default
    for part in (cfg.model.backbone, cfg.model.decoder):
        assert part.get('drop_path_rate', 0) == 0
    assert cfg.model.head.norm_target == 'channel'
    steps = {step.type: step for step in cfg.train_dataloader.dataset.pipeline}
    assert steps['mvd_mm.TubeMasking'].mask_ratio == 0.9
    assert 'Flip' not in steps
    assert ('activation_checkpointing' in cfg) == (student == 'huge')


@pytest.mark.parametrize('student, patch', [('base', 16), ('large', 16),
                                            ('huge', 14)])
def test_mae_recipe(student, patch):
    cfg = read(
        ROOT / 'configs' / 'mvd' / 'stage1' /
        (f'mae_vit-{student}-p{patch}_32xb32-1x1x4-400e_kinetics400-rgb.py'))
    assert cfg.optim_wrapper.optimizer.lr == pytest.approx(1.5e-4 * 32 * 32 *
                                                           4 / 256)
    assert cfg.param_scheduler.eta_min_ratio == 0
    assert size(cfg.model.backbone) == ENCODERS[student]
    assert size(cfg.model.decoder) == (512, 8, 16)
    assert 'proj_init' not in cfg.model.decoder  # Xavier's, by default
    assert cfg.model.decoder.mask_token_bound is None
    masking, = (
        step for step in cfg.train_dataloader.dataset.pipeline
        if step.type == 'mvd_mm.RandomMasking')
    assert masking.mask_ratio == 0.75
    assert tuple(masking.grid_size) == (1, 224 // patch, 224 // patch)
    assert tuple(cfg.model.decoder.grid_size) == tuple(masking.grid_size)


@every_leaf
def test_each_process_draws_its_own_random_numbers(path):
    # stochastic depth, dropout, Mixup; as published: seed + rank
    assert read(path).randomness == dict(seed=None, diff_rank_seed=True)


@pytest.mark.parametrize('branch', ['image', 'video'])
def test_ablation_keeps_one_branch_as_it_is(branch):
    folder = ROOT / 'configs' / 'mvd' / 'pretrain'
    rest = '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py'
    both = read(folder / f'mvd_vit-base-p16_teachers-base_{rest}').model
    one = read(folder / f'mvd_vit-base-p16_teacher-{branch}-only_{rest}').model
    assert one.branches.to_dict() == {branch: both.branches[branch].to_dict()}
    assert one.backbone == both.backbone


@pytest.mark.parametrize(
    'path', [p for p in UNLABELLED if 'micro' in p.stem or 'mini' in p.stem],
    ids=lambda p: p.stem)
def test_demonstrations_share_batch_and_schedule(path):
    cfg = read(path)
    assert cfg.train_dataloader.batch_size == 16
    assert cfg.optim_wrapper.optimizer.lr == 1.5e-3
    assert cfg.param_scheduler.warmup == 1


@pytest.mark.parametrize(
    'teachers',
    ['micro-p8', 'micro-p16', 'mini-p8', 'base-p16', 'large-p16', 'huge-p16'])
def test_video_teacher_has_the_positions_of_its_stage_1(teachers):
    # they are not learned: with others the network would be another one
    folder = ROOT / 'configs' / '_base_' / 'models'
    stage1 = read(folder / f'videomae_vit-{teachers}.py').model.backbone
    size = teachers.split('-')[0]
    student = read(folder / f'mvd_vit-{teachers}_teachers-{size}.py').model
    kind = student.branches.video.teacher.vit.get(
        'pos_embed_type', 'sinusoid_1d')  # the default of VideoMAETeacher
    assert kind == stage1.pos_embed_type


@pytest.mark.parametrize('name, blocks_of_decoders', [('mvd', 2 * 8),
                                                      ('videomae', 12)])
def test_huge_checkpoints_every_trained_block(name, blocks_of_decoders,
                                              build_on_meta):
    path, = (
        p for p in PRETRAIN
        if p.stem.startswith(f'{name}_vit-huge') and 'mvd' in p.parts)
    cfg = read(path)
    model = build_on_meta(cfg.model)
    blocks = {
        name
        for name, _ in model.named_modules()
        if re.search(r'blocks\.\d+$', name) and 'teacher' not in name
    }
    assert set(cfg.activation_checkpointing) == blocks
    assert len(blocks) == 32 + blocks_of_decoders
    for name in cfg.activation_checkpointing:
        assert next(attrgetter(name)(model).parameters()).requires_grad


@pytest.mark.parametrize('family', FAMILIES)
def test_metafile_lists_exactly_the_leaves(family):
    text = (ROOT / 'configs' / family / 'metafile.yml').read_text()
    listed = [entry['Config'] for entry in yaml.safe_load(text)['Models']]
    leaves = [p for p in LEAVES if p.parts[-3] == family]
    assert sorted(listed) == sorted(str(p.relative_to(ROOT)) for p in leaves)
    index = yaml.safe_load((ROOT / 'model-index.yml').read_text())['Import']
    assert f'configs/{family}/metafile.yml' in index


def test_every_family_of_configs_is_tested():
    folders = {p.name for p in (ROOT / 'configs').iterdir() if p.is_dir()}
    assert folders == {'_base_', *FAMILIES}
