"""Detection: the eight published rows, and MMAction2's own recipe."""
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config, DictAction
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, METRICS, MODELS, DefaultScope
from mmengine.structures import InstanceData

from mvd_mm.datasets.ava import build_annotations
from mvd_mm.datasets.transforms import SampleAVAClip
from mvd_mm.engine import WarmupCosineLR

ROOT = Path(__file__).parents[2]
LEAVES = sorted((ROOT / 'configs' / 'mvd' / 'detection').glob('*.py'))
COUNTS = json.loads(
    (ROOT / 'tests' / 'data' / 'parameter_counts.json').read_text())
ENCODERS = dict(base=(768, 12, 12), large=(1024, 24, 16), huge=(1280, 32, 16))
# student, teachers, pre-training epochs, labels first: base lr, layer decay,
# epochs, mAP in the paper; the total batch is 128
PUBLISHED = {
    ('base', 'base', 400, False): (2.5e-4, 0.75, 30, 29.3),
    ('base', 'base', 400, True): (5e-4, 0.75, 30, 33.6),
    ('base', 'large', 400, False): (2.5e-4, 0.75, 30, 31.1),
    ('base', 'large', 400, True): (5e-4, 0.75, 30, 34.2),
    ('large', 'large', 800, False): (2.5e-4, 0.75, 30, 37.7),
    ('large', 'large', 800, True): (5e-4, 0.8, 20, 38.7),
    ('huge', 'huge', 800, False): (5e-4, 0.8, 20, 40.1),
    ('huge', 'huge', 800, True): (5e-4, 0.8, 20, 41.1),
}
CLIP = dict(clip_len=16, frame_interval=4, fps=25)
every_leaf = pytest.mark.parametrize('path', LEAVES, ids=lambda p: p.stem)


def parse(path):
    found = re.fullmatch(
        r'vit-(\w+)-p16_mvd-teachers-(\w+)-(\d+)e-pre(-k400-ft)?'
        r'_(\d+)xb(\d+)-16x4x1-(\d+)e_ava22-rgb', path.stem)
    student, teachers, pre, labels, gpus, batch, epochs = found.groups()
    row = student, teachers, int(pre), labels is not None
    return row, int(gpus), int(batch), int(epochs)


def with_videos(path, folder):
    """The leaf, reading videos instead of frames."""
    text = path.read_text().replace('ava22.py', 'ava22_video.py')
    text = text.replace('../../', f'{ROOT}/configs/')
    (folder / 'leaf.py').write_text(text)
    return Config.fromfile(folder / 'leaf.py')


def test_every_published_row_has_a_leaf():
    assert sorted(parse(p)[0] for p in LEAVES) == sorted(PUBLISHED)


@every_leaf
def test_recipe_is_the_published_one(path):
    row, gpus, batch, epochs = parse(path)
    base_lr, decay, published_epochs, mean_ap = PUBLISHED[row]
    cfg = Config.fromfile(path)
    assert f'{mean_ap} mAP' in path.read_text()
    assert gpus * batch == cfg.auto_scale_lr.base_batch_size == 128
    assert cfg.train_dataloader.batch_size == batch
    optim, schedule = cfg.optim_wrapper, cfg.param_scheduler
    lr = optim.optimizer.lr
    assert lr == pytest.approx(base_lr * 128 / 256)
    assert tuple(optim.optimizer.betas) == (0.9, 0.999)
    assert optim.optimizer.weight_decay == 0.05
    assert optim.get('clip_grad') is None
    assert optim.type == 'AmpOptimWrapper'
    width, depth, heads = ENCODERS[row[0]]
    assert optim.paramwise_cfg == dict(num_layers=depth, decay_rate=decay)
    assert schedule.eta_min_ratio * lr == pytest.approx(1e-6 * 128 / 256)
    assert schedule.warmup == 5
    assert cfg.train_cfg.max_epochs == epochs == published_epochs
    backbone = cfg.model.backbone
    assert (backbone.embed_dims, backbone.depth,
            backbone.num_heads) == (width, depth, heads)
    assert backbone.drop_path_rate == 0.2
    assert cfg.model.roi_head.bbox_head.in_channels == width
    persons = cfg.val_dataloader.dataset
    assert persons.person_det_score_thr == 0.8
    assert cfg.default_hooks.checkpoint.save_best == 'mAP/overall'
    assert cfg.train_dataloader.batch_size * gpus == 128


@every_leaf
@pytest.mark.parametrize('source', ['frames', 'video'])
def test_protocol_is_the_published_one(path, source, tmp_path):
    cfg = Config.fromfile(path)
    if source == 'video':
        cfg = with_videos(path, tmp_path)
    steps = [{
        step.type: step
        for step in cfg[f'{split}_dataloader'].dataset.pipeline
    } for split in ('train', 'val', 'test')]
    train = steps[0]
    for pipeline in steps:
        clip = dict(type='mvd_mm.SampleAVAClip', **CLIP)
        assert pipeline['mvd_mm.SampleAVAClip'] == clip
        assert pipeline['Resize'].scale == (-1, 256)
    crop = train['mvd_mm.BoxAwareRandomCrop']
    assert crop.size == 224 and crop.min_visible is None
    assert train['Flip'].flip_ratio == 0.5
    jitter = train['mvd_mm.ClipHSVJitter']
    assert (jitter.hue, jitter.saturation, jitter.value) == (20, .1, .1)
    jitter = train['mvd_mm.JitterBoxes']
    assert jitter.x_range == (-.2, .1) and jitter.y_range == (-.1, .05)
    assert jitter.max_boxes == 100
    for pipeline in steps[1:]:
        assert not any('Crop' in name or 'Flip' in name for name in pipeline)

    model = cfg.model
    assert list(model.data_preprocessor.mean) == [122.77, 115.95, 102.98]
    assert list(model.data_preprocessor.std) == [57.375] * 3
    assert model.data_preprocessor.pad_size_divisor == 16
    head, pool = (
        model.roi_head[key] for key in ('bbox_head', 'bbox_roi_extractor'))
    assert head.loss_reduction == 'sum' and head.init_scale == 0.001
    assert head.get('dropout_ratio', 0) == 0 and head.num_classes == 81
    assert pool.output_size == 7 and pool.featmap_stride == 16
    assert pool.aligned is False and pool.get('sampling_ratio', 0) == 0
    assert model.roi_head.expand_ratio == (0.1, 0.05)

    assert cfg.train_dataloader.dataset.get('proposal_file') is None
    for split in ('val', 'test'):
        dataset = cfg[f'{split}_dataloader'].dataset
        assert dataset.proposal_file.endswith('/ava_val_det_person_bbox.json')
        assert dataset.person_det_score_thr == 0.8
        assert dataset.every_key_frame
        evaluator = cfg[f'{split}_evaluator']
        assert evaluator.type == 'mvd_mm.PublishedAVAMetric'
        assert 'for_activitynet_2019' in evaluator.label_file  # 60 classes


@every_leaf
def test_learning_rate_rises_from_0(path):
    cfg = Config.fromfile(path)
    schedule, epochs = cfg.param_scheduler, cfg.train_cfg.max_epochs
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.)
    options = {
        k: v
        for k, v in schedule.items() if k not in ('type', 'warmup')
    }
    assert options.pop('convert_to_iter_based')
    length = 7
    scheduler = WarmupCosineLR.build_iter_from_epoch(
        optimizer,
        warmup=schedule.warmup,
        end=epochs,
        epoch_length=length,
        **options)
    found = [scheduler.factor(step) for step in range(epochs * length + 1)]
    assert found[0] == 0 and max(found) == found[5 * length - 1] == 1
    # the last of so few steps is not quite at the end of the cosine
    assert schedule.eta_min_ratio < found[-1] < schedule.eta_min_ratio + 0.01


def test_mmaction2s_metric_is_one_line_away(tmp_path):
    files = {}
    for key in ('ann_file', 'label_file', 'exclude_file'):
        files[key] = str(tmp_path / key)
        (tmp_path / key).write_text('')
    (tmp_path / 'label_file').write_text('  name: "a"\n  id: 1\n')
    (tmp_path / 'leaf.py').write_text(
        f"_base_ = ['{LEAVES[0]}']\n"
        "val_evaluator = test_evaluator = dict(type='AVAMetric')\n")
    for path, name in ((LEAVES[0], 'PublishedAVAMetric'),
                       (tmp_path / 'leaf.py', 'AVAMetric')):
        cfg = Config.fromfile(path)
        for split in ('val', 'test'):
            cfg[f'{split}_evaluator'].update(files)
            with DefaultScope.overwrite_default_scope('mmaction'):
                metric = METRICS.build(cfg[f'{split}_evaluator'])
            assert type(metric).__name__ == name
            # what the best checkpoint is chosen by, and named after
            best = cfg.default_hooks.checkpoint.save_best
            assert best == f'{metric.prefix}/overall'


@every_leaf
def test_full_size_has_the_published_number_of_parameters(path, build_on_meta):
    cfg = Config.fromfile(path)
    model = build_on_meta(cfg.model)
    student = parse(path)[0][0]
    width = ENCODERS[student][0]
    # a recogniser of 400 classes with a head of 80
    expected = COUNTS[f'mvd_finetune_{student}_k400'] - 320 * (width + 1)
    assert sum(p.numel() for p in model.parameters()) == expected


@every_leaf
def test_full_size_runs_on_a_film_of_4_by_3_and_back(path, build_on_meta):
    # shapes alone, no numbers: ViT-H needs neither memory nor time
    vit = build_on_meta(Config.fromfile(path).model).backbone.train()
    clip = torch.empty(1, 3, 16, 256, 352, device='meta')  # 341, padded
    features = vit(clip)
    assert features.shape == (1, ENCODERS[parse(path)[0][0]][0], 8, 16, 22)
    features.sum().backward()
    for name, parameter in vit.named_parameters():
        assert parameter.grad is not None, name


@every_leaf
def test_video_takes_the_place_of_frames(path, tmp_path):
    cfg, frames = with_videos(path, tmp_path), Config.fromfile(path)
    assert cfg.model == frames.model
    for key in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        assert not cfg[key].dataset.use_frames
        ours, theirs = ([
            s for s in c[key].dataset.pipeline if 'Decod' not in s.type
            and 'Decord' not in s.type and 'VideoFrames' not in s.type
        ] for c in (cfg, frames))
        assert ours == theirs


def config_in_the_readme(folder, by_frame=False):
    """The config for own data, or its variant of the second block."""
    text = (ROOT / 'tools' / 'data' / 'ava' / 'README.md').read_text()
    blocks = re.findall(r'```python\n(.*?)```', text, re.DOTALL)
    assert len(blocks) == 2
    lines = '\n'.join(map(textwrap.dedent, blocks[:1 + by_frame]))
    lines = lines.replace("'../_base_", f"'{ROOT}/configs/_base_")
    (folder / 'actions.py').write_text(lines)
    return Config.fromfile(folder / 'actions.py')


def test_config_for_own_data_in_the_readme_is_a_published_one(tmp_path):
    cfg = config_in_the_readme(tmp_path)
    leaf, = (p for p in LEAVES if parse(p)[0] == ('base', 'base', 400, False))
    published = Config.fromfile(leaf)
    init_cfg = cfg.model.backbone.init_cfg
    assert init_cfg.checkpoint == 'checkpoints/mvd_vit-base.pth'
    init_cfg.checkpoint = None
    assert cfg.model == published.model
    batch, total = cfg.train_dataloader.batch_size, published.total_batch
    lrs = cfg.optim_wrapper.optimizer, published.optim_wrapper.optimizer
    assert lrs[0].pop('lr') / batch == pytest.approx(lrs[1].pop('lr') / total)
    for key in ('optim_wrapper', 'param_scheduler', 'train_cfg'):
        assert cfg[key] == published[key], key
    assert not cfg.train_dataloader.dataset.use_frames


@pytest.mark.parametrize('by_frame', [False, True])
def test_config_in_the_readme_trains_and_tests_on_a_built_set(
        by_frame, make_video, tmp_path, vit_cfg):
    cfg = config_in_the_readme(tmp_path, by_frame)
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=15)
        # 10 frames a second
        (tmp_path / f'{name}.csv').write_text(
            'video,time,x1,y1,x2,y2,action\n'
            f'{name},{0.7 if by_frame else 1},0,0,16,32,walk\n')
    build_annotations(tmp_path / 'v', tmp_path / 'a.csv', tmp_path / 'set',
                      tmp_path / 'b.csv')
    options = (tmp_path / 'set/cfg_options.txt').read_text().split()
    cfg.merge_from_dict({
        key: DictAction._parse_iterable(value)
        for key, value in (option.split('=', 1) for option in options)
    })
    cfg.merge_from_dict({
        'model.backbone':
        dict(vit_cfg(num_frames=16, patch_size=16, depth=1), init_cfg=None),
        'model.roi_head.bbox_head.in_channels':
        32,
        'model.roi_head.bbox_roi_extractor.featmap_stride':
        8,
    })
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg.model)
        train, test = (
            DATASETS.build(cfg[f'{part}_dataloader'].dataset)[0]
            for part in ('train', 'test'))
        # frame i of the videos is grey of level 16 * i
        key_frame = 7 if by_frame else 10
        levels = test['inputs'].float().mean(dim=(0, 2, 3)) / 16
        if by_frame:
            assert levels[8] == pytest.approx(key_frame, abs=.3)
        else:  # -31 + 4 * 8 = 1 of 25 a second
            moments = key_frame + 10 * SampleAVAClip().offsets
            assert levels.tolist() == pytest.approx(
                np.clip(np.rint(moments), 0, 14), abs=.3)
        losses = model(
            **model.data_preprocessor(pseudo_collate([train]), training=True),
            mode='loss')
        assert 0 < losses['loss_action_cls'] < np.inf
        sample, = model.eval().test_step(pseudo_collate([test]))
    assert sample.pred_instances.scores.shape == (1, 2)


@pytest.mark.parametrize('base', [
    'configs/_base_/ava-kinetics_mmaction-videomae.py',
    'mmaction::detection/slowonly/'
    'slowonly_kinetics400-pretrained-r50_8xb16-4x16x1-20e_ava21-rgb.py'
])
def test_mmaction2s_recipes_train_our_backbone(base, tmp_path, vit_cfg):
    name = base if '::' in base else str(ROOT / base)
    (tmp_path / 'leaf.py').write_text(
        f"_base_ = ['{name}']\n"
        "custom_imports = dict(imports=['mvd_mm'])\n"
        'model = dict(init_cfg=None, backbone=dict(_delete_=True, '
        "type='mvd_mm.MVDVisionTransformer', use_mean_pooling=False, "
        f'return_feat_map=True, **{vit_cfg()!r}), roi_head=dict('
        'bbox_roi_extractor=dict(featmap_stride=8), '
        'bbox_head=dict(in_channels=32)))\n')
    cfg = Config.fromfile(tmp_path / 'leaf.py')
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg.model)
    model.init_weights()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    box = torch.tensor([[4., 4, 30, 36], [20, 8, 47, 40]])
    labels = torch.zeros(2, 81)
    labels[0, [1, 12]] = labels[1, 80] = 1
    clip = torch.randint(0, 256, (3, 4, 40, 48), dtype=torch.uint8)
    losses = []
    for _ in range(2):
        sample = ActionDataSample(metainfo=dict(img_shape=(40, 48)))
        sample.gt_instances = InstanceData(bboxes=box, labels=labels)
        sample.proposals = InstanceData(bboxes=box.clone())
        data = dict(inputs=[clip], data_samples=[sample])
        data = model.data_preprocessor(data, True)
        loss, _ = model.parse_losses(model(**data, mode='loss'))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.isfinite(losses).all() and losses[1] < losses[0]
    assert type(model.backbone).__name__ == 'MVDVisionTransformer'


WITHOUT = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r} or name.startswith({name!r} + '.'):
            raise ModuleNotFoundError(f'No module named {{name!r}}')
sys.meta_path.insert(0, Refuse())
from mmengine.config import Config
import mvd_mm
from mvd_mm.models import MVDVisionTransformer
print('recognition works', hasattr(mvd_mm.models, 'MVDRoIHead'))
Config.fromfile({path!r})
"""


@pytest.mark.parametrize('name', ['mmdet', 'mmcv.ops'])
def test_a_missing_package_is_named_and_breaks_nothing_else(name):
    run = subprocess.run(
        [sys.executable, '-c',
         WITHOUT.format(name=name, path=str(LEAVES[0]))],
        cwd=ROOT,
        capture_output=True,
        text=True)
    assert run.stdout.strip().endswith('recognition works False'), run.stderr
    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    assert name in last and 'tools/setup_env.sh' in last
