"""What several tests need: tiny networks, videos, published numbers."""
import json
import logging
from collections import OrderedDict
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.registry import MODELS, DefaultScope

import mvd_mm  # noqa: F401  registers the modules, applies the work-arounds
from mvd_mm.positions import build_position_table

DATA = Path(__file__).parent / 'data'
torch.set_num_threads(1)  # tiny networks: more threads only wait


@pytest.fixture(autouse=True)
def seed():
    """Every test draws the same numbers, whatever ran before it."""
    torch.manual_seed(0)
    np.random.seed(0)


@pytest.fixture(autouse=True, scope='module')
def scope_of_its_own():
    """Names mean the same in a file, whichever files ran before it.

    A runner's default scope stays in MMEngine after the runner is gone.
    """
    before = DefaultScope._instance_dict
    DefaultScope._instance_dict = OrderedDict()
    yield
    DefaultScope._instance_dict = before


@pytest.fixture
def golden_dir():
    """Folder of the cases that the published implementation computed."""
    return DATA / 'golden'


@pytest.fixture
def golden(golden_dir):
    """Read the arrays of a case below a prefix, as float32 tensors."""

    def read(case, prefix=''):
        with np.load(golden_dir / f'{case}.npz') as arrays:
            tensors = {
                k[len(prefix):]: torch.from_numpy(arrays[k])
                for k in arrays.files if k.startswith(prefix)
            }
        return {
            k: v.float() if v.is_floating_point() else v
            for k, v in tensors.items()
        }

    return read


@pytest.fixture(scope='session')
def manifests():
    """Keys and shapes of every published kind of file, at base size."""
    return json.loads((DATA / 'checkpoint_manifests.json').read_text())


@pytest.fixture
def vit_cfg():
    """Arguments of a tiny ViT: 2 x 4 x 4 tokens of width 32."""

    def make(**overrides):
        cfg = dict(
            img_size=32,
            patch_size=8,
            embed_dims=32,
            depth=2,
            num_heads=4,
            num_frames=4,
            tubelet_size=2)
        cfg.update(overrides)
        return cfg

    return make


@pytest.fixture
def mvd_cfg(vit_cfg):
    """Arguments of ``MVD``: teachers 16 (image) and 48 (video) wide."""

    def make():
        image_vit = vit_cfg(embed_dims=16)
        for key in ('num_frames', 'tubelet_size'):
            del image_vit[key]
        teachers = dict(
            image=dict(
                type='mvd_mm.MAEImageTeacher',
                vit=image_vit,
                num_frames=4,
                tubelet_size=2,
                random_init=True),
            video=dict(
                type='mvd_mm.VideoMAETeacher',
                vit=vit_cfg(embed_dims=48),
                random_init=True))
        return dict(
            backbone=dict(
                type='mvd_mm.MVDVisionTransformer',
                use_mean_pooling=False,
                **vit_cfg()),
            branches={
                name:
                dict(
                    teacher=teacher,
                    decoder=dict(
                        type='mvd_mm.MaskedTokenDecoder',
                        in_channels=32,
                        out_channels=teacher['vit']['embed_dims'],
                        grid_size=(2, 4, 4),
                        embed_dims=16,
                        depth=1,
                        num_heads=2),
                    head=dict(type='mvd_mm.FeatureDistillHead'))
                for name, teacher in teachers.items()
            })

    return make


@pytest.fixture
def amd_cfg(vit_cfg):
    """Arguments of ``AMD``: student 32 wide, 2 blocks; teacher 48, 4."""

    def make(**options):
        cfg = dict(
            type='mvd_mm.AMD',
            student_layers=(1, 2),
            backbone=dict(
                type='mvd_mm.MVDVisionTransformer',
                use_mean_pooling=False,
                pos_embed_type='sinusoid_1d',
                **vit_cfg()),
            teacher=dict(
                type='mvd_mm.MaskedVideoMAETeacher',
                vit=vit_cfg(embed_dims=48, depth=4),
                layers=(2, 4),
                random_init=True),
            generator=dict(
                type='mvd_mm.FeatureGenerator',
                grid_size=(2, 4, 4),
                embed_dims=48,
                depth=2,
                num_heads=4),
            decoder=dict(
                type='mvd_mm.MaskedTokenDecoder',
                in_channels=32,
                out_channels=3 * 2 * 8 * 8,
                grid_size=(2, 4, 4),
                embed_dims=16,
                depth=1,
                num_heads=2,
                pos_embed_type='sinusoid_1d',
                proj_bias=False),
            head=dict(
                type='mvd_mm.PixelReconstructionHead',
                patch_size=8,
                tubelet_size=2))
        cfg.update(options)
        return cfg

    return make


@pytest.fixture
def randomise():
    """Give every parameter a value of its own: no zero bias hides a fault."""

    def fill(module, std=0.2):
        with torch.no_grad():
            for param in module.parameters():
                param.add_(torch.randn_like(param) * std)
        return module

    return fill


@pytest.fixture
def draw_mask():
    """Masks (B, L) that hide the same number of tokens in every row."""

    def draw(batch, num_tokens, hidden):
        order = torch.rand(batch, num_tokens).argsort(dim=1)
        return order < hidden

    return draw


@pytest.fixture
def make_video():
    """Write a tiny video; frame i is grey of level ``16 * i % 256``."""

    def make(path, num_frames=8, size=(32, 32)):
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = cv2.VideoWriter(
            str(path), cv2.VideoWriter_fourcc(*'mp4v'), 10, size)
        for index in range(num_frames):
            writer.write(
                np.full((size[1], size[0], 3), 16 * index % 256, np.uint8))
        writer.release()
        return path

    return make


@pytest.fixture
def pretraining_run(mvd_cfg, randomise, make_video, tmp_path):
    """Config, checkpoint and lists of a tiny pre-training."""
    lines = []
    for index in range(6):
        make_video(tmp_path / f'{index}.mp4', num_frames=3 + index)
        lines.append(f'{index}.mp4 {index % 2}\n')
    (tmp_path / 'train.txt').write_text(''.join(lines))
    (tmp_path / 'val.txt').write_text(''.join(lines[:4]))
    model = randomise(MODELS.build(dict(type='mvd_mm.MVD', **mvd_cfg())))
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'student.pth')
    pipeline = [
        dict(type='DecordInit'),
        dict(type='SampleFrames', clip_len=4, frame_interval=1, num_clips=1),
        dict(type='DecordDecode'),
        dict(type='mvd_mm.TwoResolutionResize', scale=32),
        dict(type='mvd_mm.FormatViews', keys=('imgs', )),
        dict(type='mvd_mm.TubeMasking', grid_size=(2, 4, 4), mask_ratio=0.75),
        dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
    ]
    cfg = dict(
        model=dict(
            type='mvd_mm.MVD',
            data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'),
            **mvd_cfg()),
        train_dataloader=dict(
            batch_size=2,
            num_workers=1,
            sampler=dict(type='DefaultSampler', shuffle=True),
            collate_fn=dict(type='default_collate'),
            dataset=dict(
                type='mvd_mm.CheckedVideoDataset',
                ann_file=str(tmp_path / 'train.txt'),
                data_prefix=dict(video=str(tmp_path)),
                pipeline=pipeline)))
    path = tmp_path / 'config.py'
    Config(cfg).dump(str(path))
    return path, tmp_path / 'student.pth', tmp_path / 'val.txt'


@pytest.fixture
def log_lines():
    """Warnings that MMEngine's current logger receives during a test."""
    lines = []

    class Collect(logging.Handler):

        def emit(self, record):
            lines.append(record.getMessage())

    logger = MMLogger.get_current_instance()
    handler = Collect(level=logging.WARNING)
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


@pytest.fixture
def published(manifests):
    """Weights of a published file of full size, without the memory.

    Each is one number of its own, spread over a shape. Position tables are
    real.
    """

    def make(name):
        weights = {
            key: torch.full((1, ), float(number)).expand(shape)
            for number, (key, shape) in enumerate(manifests[name].items())
        }
        for key in [k for k in weights if k.startswith('pos_embed')]:
            _, length, width = manifests[name][key]
            if length == 1568:
                weights[key] = build_position_table('sincos_3d', width,
                                                    (8, 14, 14))
            else:  # MAE: a row of zeros for the class token
                side = round((length - 1)**0.5)
                table = build_position_table('sincos_2d', width,
                                             (1, side, side))
                weights[key] = torch.cat([torch.zeros(1, 1, width), table], 1)
        return weights

    return make


@pytest.fixture
def save(tmp_path):
    """Write a file as the publications do."""

    def write(weights, name='file.pth', section='model'):
        path = tmp_path / name
        torch.save({section: weights}, path)
        return str(path)

    return write
