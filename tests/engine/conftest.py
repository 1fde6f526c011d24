"""A small training whose every draw is random, for tests of resuming."""
import random

import numpy as np
import pytest
import torch
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS
from mmengine.runner import Runner
from torch import nn

from mvd_mm.apis.resume import find_resumable

LENGTH = 14  # 7 batches of 2 an epoch


class RandomSamples:
    """Each sample is drawn anew, from three generators."""

    metainfo: dict = {}

    def __len__(self):
        return LENGTH

    def __getitem__(self, index):
        draws = [
            index,
            random.random(),
            np.random.rand(),
            torch.rand(()).item()
        ]
        return torch.tensor(draws)


class Dropping(BaseModel):
    """A linear layer behind dropout; remembers what it was shown."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 3)
        self.drop = nn.Dropout(0.5)
        self.seen = []

    def forward(self, inputs, data_samples=None, mode='loss'):
        out = self.layer(self.drop(inputs))
        if mode == 'predict':
            return list(out)
        self.seen.append(inputs)
        return dict(loss=out.square().mean())


class Mean(BaseMetric):

    def process(self, data_batch, data_samples):
        self.results += [sample.mean().item() for sample in data_samples]

    def compute_metrics(self, results):
        return dict(mean=float(np.mean(results)))


def collate(samples):
    return dict(inputs=torch.stack(samples))


def close_loaders(runner):
    """End the workers of a run that is over or was broken off."""
    for loop in (runner._train_loop, runner._val_loop):
        iterator = getattr(
            getattr(loop, 'dataloader', None), '_iterator', None)
        if iterator is not None:
            iterator._shutdown_workers()


@pytest.fixture
def make_runner():
    """Build runners of the same training in any work directory."""
    names = iter(range(1000))
    runners = []
    DATASETS.register_module(
        name='RandomSamples', module=RandomSamples, force=True)

    METRICS.register_module(name='Mean', module=Mean, force=True)

    def make(work_dir,
             workers=0,
             counts=1,
             epochs=3,
             hooks=(),
             checkpoint=(),
             seed=0,
             batch_size=2,
             lr=0.1,
             **kwargs):
        loader = dict(
            dataset=dict(type='RandomSamples'),
            sampler=dict(type='DefaultSampler', shuffle=True),
            batch_size=batch_size,
            num_workers=workers,
            persistent_workers=workers > 0,
            collate_fn=collate)
        torch.manual_seed(0)
        runner = Runner(
            Dropping(),
            str(work_dir),
            train_dataloader=loader,
            train_cfg=dict(
                type='mvd_mm.ResumableTrainLoop', max_epochs=epochs),
            val_dataloader=dict(
                loader, sampler=dict(type='DefaultSampler', shuffle=False)),
            val_cfg=dict(),
            val_evaluator=dict(type='Mean'),
            optim_wrapper=dict(
                optimizer=dict(type='AdamW', lr=lr),
                accumulative_counts=counts),
            param_scheduler=dict(
                type='mvd_mm.WarmupCosineLR',
                convert_to_iter_based=True,
                warmup=1,
                eta_min_ratio=0.1),
            default_hooks=dict(
                checkpoint={
                    'type': 'mvd_mm.SafeCheckpointHook',
                    'interval': 1,
                    **dict(checkpoint)
                }),
            custom_hooks=[dict(type='mvd_mm.PreemptionHook'), *hooks],
            randomness=dict(seed=seed),
            log_level='WARNING',
            experiment_name=f'resuming-{next(names)}-{work_dir}',
            **kwargs)
        runners.append(runner)
        return runner

    yield make
    for runner in runners:
        close_loaders(runner)


@pytest.fixture
def resumed(make_runner):
    """Resume a training from its newest whole checkpoint, to its end."""

    def run(work_dir, **kwargs):
        runner = make_runner(
            work_dir,
            resume=True,
            load_from=str(find_resumable(work_dir)),
            **kwargs)
        runner.train()
        return runner

    return run


@pytest.fixture
def same():
    """Whether two runs ended with the same bits."""

    def compare(runner, other):
        return all(
            map(torch.equal, runner.model.parameters(),
                other.model.parameters()))

    return compare
