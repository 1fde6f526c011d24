"""The converters as they are called, from any folder."""
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import torch
from mmengine.runner.checkpoint import CheckpointLoader

from mvd_mm.checkpoints import read_state_dict

TOOLS = Path(__file__).parents[2] / 'tools' / 'model_converters'


class Touch:
    """Pickled code: unpickling it creates a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path, )


@pytest.fixture
def run(tmp_path):

    def call(tool, *arguments, cwd=tmp_path):
        return subprocess.run(
            [sys.executable,
             str(TOOLS / tool), *map(str, arguments)],
            cwd=cwd,
            env={
                **os.environ, 'OMP_NUM_THREADS': '1'
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300)

    return call


@pytest.fixture
def published(golden, tmp_path):
    """A fine-tuned file, as published."""
    path = tmp_path / 'published.pth'
    torch.save(
        dict(
            model=golden('finetune_plain', 'model/'),
            epoch=74,
            args=Namespace(lr=1e-3, model='vit_tiny')), path)
    return path


def test_convert_there_and_back(run, published, tmp_path, golden):
    done = run('convert.py', published, 'ours.safetensors', '--to', 'ours')
    assert done.returncode == 0, done.stdout
    assert '45 matched' in done.stdout
    again = run('convert.py', published, 'ours.safetensors', '--to', 'ours')
    assert again.returncode == 1 and '--overwrite' in again.stdout
    # from the folder of the tools, too
    done = run(
        'convert.py',
        tmp_path / 'ours.safetensors',
        tmp_path / 'back.pth',
        '--to',
        'mvd_finetune',
        cwd=TOOLS)
    assert done.returncode == 0, done.stdout
    back = read_state_dict(str(tmp_path / 'back.pth'))
    weights = golden('finetune_plain', 'model/')
    assert set(back) == set(weights)
    assert all(torch.equal(back[k], weights[k]) for k in weights)


def test_convert_names_a_fault_and_writes_nothing(run, published, tmp_path):
    content = torch.load(published)
    del content['model']['blocks.1.attn.q_bias']
    torch.save(content, published)
    done = run('convert.py', published, 'x.pth', '--to', 'ours')
    assert done.returncode == 1
    assert 'blocks.1.attn.q_bias' in done.stdout
    assert 'Traceback' not in done.stdout
    assert not (tmp_path / 'x.pth').exists()


def test_code_runs_only_in_a_trusted_file(run, golden, tmp_path):
    path, ran = tmp_path / 'evil.pth', tmp_path / 'it ran'
    weights = golden('finetune_plain', 'model/')
    torch.save(dict(model=weights, args=Touch(ran)), path)
    done = run('convert.py', path, 'x.pth', '--to', 'ours')
    assert done.returncode == 1 and '--trust' in done.stdout
    assert not ran.exists()
    done = run('convert.py', path, 'x.pth', '--to', 'ours', '--trust')
    assert done.returncode == 0 and ran.exists()


def test_loads_through_mmengine_as_it_is(run, published, tmp_path):
    run('convert.py', published, 'ours.pth', '--to', 'ours')
    content = CheckpointLoader.load_checkpoint(
        str(tmp_path / 'ours.pth'), map_location='cpu')
    assert 'cls_head.fc_cls.weight' in content['state_dict']
