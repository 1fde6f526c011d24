"""What inspect_checkpoint.py says of a file."""
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import torch

TOOL = (
    Path(__file__).parents[2] / 'tools' / 'model_converters' /
    'inspect_checkpoint.py')


@pytest.fixture
def inspect(tmp_path):

    def run(weights, cwd=tmp_path, **content):
        path = tmp_path / 'file.pth'
        torch.save(dict(model=weights, **content), path)
        return subprocess.run(
            [sys.executable, str(TOOL), str(path)],
            cwd=cwd,
            env={
                **os.environ, 'OMP_NUM_THREADS': '1'
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300)

    return run


def test_kind_sizes_counts_and_arguments(inspect, golden):
    weights = golden('pretrain_plain', 'student/')
    done = inspect(
        weights,
        # from the folder of the tools, too
        cwd=TOOL.parent,
        epoch=399,
        args=Namespace(lr=6e-4, model='tiny'))
    assert done.returncode == 0, done.stdout
    numbers = sum(v.numel() for v in weights.values())
    for line in (
            'kind: mvd_pretrain', '32 wide, 2 deep, tubelets 2 x 8 x 8',
            'position table: sincos_3d',
            'decoder branches.video.decoder: 32 wide, 2 deep, predicts 48',
            f'weights: {len(weights)} entries, {numbers} numbers',
            'missing: 0', 'lr = 0.0006', 'epoch = 399'):
        assert line in done.stdout


def test_full_size_is_named_and_a_lost_block_found(inspect, manifests):
    weights = {
        k: torch.ones(1).expand(shape)
        for k, shape in manifests['mvd_finetune_large_k400'].items()
        if not k.startswith('blocks.7.')
    }
    done = inspect(weights)
    assert done.returncode == 1
    for line in ('ViT-L/16, 1024 wide, 24 deep', 'classes: 400', 'missing: 13',
                 'backbone.blocks.7.attn.q_bias'):
        assert line in done.stdout


def test_references_that_would_print_without_end(inspect, golden):
    nested = [1]
    for _ in range(60):
        nested = [nested, nested]
    done = inspect(
        golden('finetune_plain', 'model/'), args=Namespace(a=nested, lr=0.1))
    assert done.returncode == 0 and 'lr = 0.1' in done.stdout
    assert len(done.stdout) < 10_000


def test_a_fault_names_the_file(inspect):
    done = inspect({'conv1.weight': torch.ones(1)})
    assert done.returncode == 1 and 'Traceback' not in done.stdout
    assert 'file.pth' in done.stdout and 'conv1.weight' in done.stdout
