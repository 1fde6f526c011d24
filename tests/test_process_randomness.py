"""Two processes of one training: what they draw apart, what they share.

The tests start this file as two processes that talk over gloo; the settings
of randomness and of blending are those of real recipes.
"""
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.registry import DATASETS, DefaultScope
from mmengine.runner import Runner
from torch.utils.data import Dataset

import mvd_mm  # noqa: F401  registers the modules
from mvd_mm.apis.command_line import join_cpu_processes

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / 'configs' / 'mvd'
RECIPES = dict(
    finetune='recognition/vit-small-p16_mvd-teachers-base-400e-pre_'
    '16xb12-accum2-16x4x1-150e_kinetics400-rgb.py',
    pretrain='pretrain/mvd_vit-small-p16_teachers-base_'
    '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py')
TINY = dict(
    img_size=16,
    patch_size=8,
    embed_dims=16,
    depth=2,
    num_heads=2,
    num_frames=4,
    tubelet_size=2)
IMAGE = {
    k: v
    for k, v in TINY.items() if k not in ('num_frames', 'tubelet_size')
}


@DATASETS.register_module(force=True)
class Clips(Dataset):
    """Twenty-four clips of noise; a clip's label is its number."""

    def __init__(self, pretraining):
        self.pretraining = pretraining

    def __len__(self):
        return 24

    def __getitem__(self, index):
        clip = torch.from_numpy(
            np.random.default_rng(index).integers(
                0, 256, (1, 3, 4, 16, 16)).astype(np.uint8))
        sample = ActionDataSample().set_gt_label(index)
        if not self.pretraining:
            return dict(inputs=clip, data_samples=sample)
        mask = torch.arange(8) % 4 != index % 4
        return dict(inputs=dict(imgs=clip, mask=mask), data_samples=sample)


class Record(Hook):
    """What a process draws and computes in each iteration."""

    def __init__(self):
        self.losses, self.samples, self.labels = [], [], []
        self.depth_masks, self.start = [], {}

    def before_train(self, runner):
        model = runner.model.module
        # after initialisation, and resuming, before the first update
        self.start = {
            name: value.double().abs().sum().item()
            for name, value in (*model.named_parameters(),
                                *model.named_buffers())
        }
        model.data_preprocessor.register_forward_hook(self._keep_labels)
        for module in model.modules():
            if type(module).__name__ == 'DropPath':
                module.register_forward_hook(self._keep_mask)

    def _keep_labels(self, module, inputs, output):
        self.labels.append(
            [s.gt_label.tolist() for s in output['data_samples']])

    def _keep_mask(self, module, inputs, output):
        if module.training:
            self.depth_masks.append(output.flatten(1).any(1).tolist())

    def before_train_iter(self, runner, batch_idx, data_batch):
        self.samples.append(
            [s.gt_label.item() for s in data_batch['data_samples']])

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        self.losses.append(outputs['loss'].item())

    def report(self):
        return {k: v for k, v in vars(self).items() if k[0] != '_'}


def build_model(kind, recipe):
    if kind == 'finetune':
        blending = dict(
            recipe.model.data_preprocessor.blending, num_classes=24)
        return dict(
            type='Recognizer3D',
            backbone=dict(
                type='mvd_mm.MVDVisionTransformer', drop_path_rate=0.5,
                **TINY),
            cls_head=dict(
                type='mvd_mm.RecognitionHead',
                num_classes=24,
                in_channels=16,
                dropout_ratio=0.5),
            data_preprocessor=dict(
                type='ActionDataPreprocessor',
                mean=[128.] * 3,
                std=[64.] * 3,
                format_shape='NCTHW',
                blending=blending))
    teachers = dict(
        image=dict(
            type='mvd_mm.MAEImageTeacher',
            vit=IMAGE,
            num_frames=4,
            random_init=True),
        video=dict(type='mvd_mm.VideoMAETeacher', vit=TINY, random_init=True))
    return dict(
        type='mvd_mm.MVD',
        data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'),
        backbone=dict(
            type='mvd_mm.MVDVisionTransformer',
            use_mean_pooling=False,
            drop_path_rate=0.5,
            **TINY),
        branches={
            name:
            dict(
                teacher=teacher,
                decoder=dict(
                    type='mvd_mm.MaskedTokenDecoder',
                    in_channels=16,
                    out_channels=16,
                    grid_size=(2, 2, 2),
                    embed_dims=16,
                    depth=2,
                    num_heads=2,
                    drop_path_rate=0.5),
                head=dict(type='mvd_mm.FeatureDistillHead'))
            for name, teacher in teachers.items()
        })


def train(kind, work_dir, seed=7, epochs=1, **more):
    """Train on this process's share; what it drew."""
    recipe = Config.fromfile(CONFIGS / RECIPES[kind])
    cfg = dict(
        default_scope='mmaction',
        experiment_name=uuid4().hex,  # MMEngine keeps runs by name
        work_dir=str(work_dir),
        log_level='ERROR',
        launcher='pytorch',
        model=build_model(kind, recipe),
        train_dataloader=dict(
            batch_size=4,
            num_workers=0,
            sampler=dict(type='DefaultSampler', shuffle=True),
            dataset=dict(type='Clips', pretraining=kind == 'pretrain')),
        train_cfg=dict(by_epoch=True, max_epochs=epochs),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
        randomness=dict(recipe.get('randomness', {}), seed=seed))
    cfg = Config(dict(cfg, **more))
    if not torch.distributed.is_initialized():
        join_cpu_processes(cfg)
        train.wrapper = cfg.model_wrapper_cfg
    cfg.model_wrapper_cfg = train.wrapper
    record = Record()
    runner = Runner.from_cfg(cfg)
    runner.register_hook(record)
    runner.train()
    return record.report()


def main(folder):
    """Run every recipe in this process, fresh and resumed."""
    reports = {}
    for kind in RECIPES:
        place = Path(folder) / kind
        reports[kind] = runs = dict(
            first=train(kind, place / 'a'),
            again=train(kind, place / 'b'),
            other=train(kind, place / 'c', seed=8))
        checkpoint = str(place / 'a' / 'epoch_1.pth')
        for name in ('resumed', 'resumed_again'):
            # no seed is given: it is read from the checkpoint
            runs[name] = train(
                kind,
                place / name,
                seed=None,
                epochs=2,
                resume=True,
                load_from=checkpoint)
    rank = torch.distributed.get_rank()
    (Path(folder) / f'{rank}.json').write_text(json.dumps(reports))


@pytest.fixture(scope='module')
def reports(tmp_path_factory):
    """What both processes tell of all recipes."""
    folder = tmp_path_factory.mktemp('two')
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    processes = []
    for rank in range(2):
        env = dict(
            os.environ,
            PYTHONPATH=str(ROOT),
            MASTER_ADDR='127.0.0.1',
            MASTER_PORT=str(port),
            WORLD_SIZE='2',
            RANK=str(rank),
            LOCAL_RANK=str(rank),
            OMP_NUM_THREADS='1')
        processes.append(
            subprocess.Popen([sys.executable, __file__,
                              str(folder)],
                             env=env,
                             stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT,
                             text=True))
    logs = [process.communicate(timeout=300)[0] for process in processes]
    assert not any(process.returncode for process in processes), logs
    return [
        json.loads((folder / f'{rank}.json').read_text()) for rank in range(2)
    ]


@pytest.fixture(params=RECIPES)
def ranks(request, reports):
    """What both processes tell of one recipe."""
    return [report[request.param] for report in reports]


def test_processes_draw_their_own_stochastic_depth(ranks):
    first, second = (rank['first']['depth_masks'] for rank in ranks)
    assert len(first) == len(second) > 5
    assert first != second
    assert {kept for masks in first for kept in masks} == {False, True}


def test_processes_draw_their_own_mixing_coefficients(ranks):
    shares = []
    for rank in ranks:
        labels = np.array(rank['first']['labels'])
        if labels.shape[-1] == 1:
            return  # pre-training blends nothing
        # (iterations, clips, classes): what a clip keeps of its own label
        own = np.array(rank['first']['samples'])
        shares.append(np.take_along_axis(labels, own[..., None], 2)[:, 0, 0])
    assert len(shares[0]) == 3
    assert (shares[0] != shares[1]).all()


def test_processes_share_the_shuffle(ranks):
    for epoch in ('first', 'resumed'):
        first, second = (
            np.array(rank[epoch]['samples']).ravel() for rank in ranks)
        assert sorted([*first, *second]) == list(range(24))
        assert sorted(first) != list(range(0, 24, 2))  # shuffled


def test_processes_start_from_the_same_weights(ranks):
    for name in ('first', 'resumed'):
        first, second = (rank[name]['start'] for rank in ranks)
        assert first == second
        assert any('blocks' in key for key in first)


def test_one_seed_gives_the_same_losses_twice(ranks):
    for rank in ranks:
        assert rank['first'] == rank['again']
        assert rank['first']['losses'] != rank['other']['losses']
        assert rank['first']['samples'] != rank['other']['samples']


def test_a_resumed_run_keeps_the_seed_and_draws_apart_too(ranks):
    first, second = (rank['resumed']['depth_masks'] for rank in ranks)
    assert first != second
    for rank in ranks:
        assert len(rank['resumed']['losses']) == 3
        assert rank['resumed']['depth_masks'] == rank['resumed_again'][
            'depth_masks']


if __name__ == '__main__':
    with DefaultScope.overwrite_default_scope('mmaction'):
        main(sys.argv[1])
