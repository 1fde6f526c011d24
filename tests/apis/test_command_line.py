import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import torch

from mvd_mm.apis.command_line import load_config

ROOT = Path(__file__).parents[2]
TOY_MODULE = """
import torch
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, MODELS


@MODELS.register_module(force=True)
class Toy(BaseModel):

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)

    def forward(self, x, mode):
        return dict(loss=self.layer(x).pow(2).mean())


@DATASETS.register_module(force=True)
class ToyData:

    def __len__(self):
        return 8

    def __getitem__(self, index):
        return dict(x=torch.full((4, ), float(index)))
"""
TOY_CONFIG = """
default_scope = 'mmengine'
custom_imports = dict(imports=['mvd_mm', 'toy_module'])
model = dict(type='Toy')
train_dataloader = dict(
    batch_size=2, num_workers=0, collate_fn=dict(type='default_collate'),
    dataset=dict(type='ToyData'),
    sampler=dict(type='DefaultSampler', shuffle=True))
train_cfg = dict(by_epoch=True, max_epochs=1)
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.001))
default_hooks = dict(logger=dict(type='LoggerHook', interval=1))
randomness = dict(seed=1)
"""


@pytest.fixture
def toy_config(tmp_path):
    (tmp_path / 'toy_module.py').write_text(TOY_MODULE)
    path = tmp_path / 'toy.py'
    path.write_text(TOY_CONFIG)
    return path


def args(config, **given):
    defaults = dict(
        local_rank=0, cfg_options=None, launcher='none', work_dir=None)
    return Namespace(config=str(config), **dict(defaults, **given))


def run(command, folder):
    return subprocess.run(
        command,
        cwd=folder,
        env=dict(
            os.environ,
            PYTHONPATH=f'{folder}{os.pathsep}{ROOT}',
            MVD_MM_PYTHON=sys.executable),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300)


def test_a_missing_config_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='no.py'):
        load_config(args(tmp_path / 'no.py'))


@pytest.mark.parametrize('text, words', [("_base_ = 'c.py'", 'circle'),
                                         ("_base_ = 'no.py'", 'no.py'),
                                         ('a = (', 'line 1'),
                                         ('a = b', "NameError: name 'b'"),
                                         ('raise SystemExit', 'SystemExit'),
                                         ('a = 1 / 0', 'ZeroDivisionError')])
def test_what_is_wrong_with_a_config_is_named(tmp_path, text, words):
    path = tmp_path / 'c.py'
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as error:
        load_config(args(path))
    assert str(path) in str(error.value)


def test_a_folder_is_no_config(tmp_path):
    with pytest.raises(FileNotFoundError, match='a folder'):
        load_config(args(tmp_path))


@pytest.mark.parametrize('in_config, option, expected', [
    ('', None, os.path.join('work_dirs', 'c')),
    ("work_dir = 'file'", None, 'file'),
    ("work_dir = 'file'", 'line', 'line'),
])
def test_work_dir_is_option_then_config_then_name(tmp_path, in_config, option,
                                                  expected):
    path = tmp_path / 'c.py'
    path.write_text(in_config)
    assert load_config(args(path, work_dir=option)).work_dir == expected


@pytest.mark.slow
def test_a_misspelt_option_stops_the_run_before_it_starts(toy_config):
    done = run([
        sys.executable,
        str(ROOT / 'tools' / 'train.py'),
        str(toy_config), '--cfg-options', 'train_dataloder.batch_size=3'
    ], toy_config.parent)
    assert done.returncode == 1
    assert "did you mean 'train_dataloader'" in done.stderr
    assert not (toy_config.parent / 'work_dirs').exists()


@pytest.mark.slow
@pytest.mark.skipif(
    torch.cuda.is_available(), reason='processes would need a GPU each')
def test_two_processes_train_together_without_a_gpu(toy_config):
    done = run([
        'bash',
        str(ROOT / 'tools' / 'dist_train.sh'),
        str(toy_config), '2', '--seed', '5', '--amp'
    ], toy_config.parent)
    assert done.returncode == 0, done.stderr
    work_dir = toy_config.parent / 'work_dirs' / 'toy'
    assert (work_dir / 'epoch_1.pth').is_file()
    # 8 samples, 2 processes, 2 samples each: half as many steps as with one
    assert '[1][2/2]' in done.stdout + done.stderr
