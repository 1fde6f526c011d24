"""A run that is killed goes on where it was, with its teachers."""
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from mvd_mm.models import MVDVisionTransformer

pytest.importorskip('decord')
ROOT = Path(__file__).parents[2]
CONFIG, = (ROOT / 'configs' / 'mvd' /
           'quickstart').glob('mvd_*_teachers-*_motion-shapes-rgb.py')
EPOCHS = 8
# what the image teacher adds to its network in the config
KINDS = dict(
    image=dict(
        num_frames=1,
        tubelet_size=1,
        with_cls_token=True,
        qkv_bias='full',
        pos_embed_type='sincos_2d'),
    video=dict())
ENVIRONMENT = {
    **os.environ, 'OMP_NUM_THREADS': '1',
    'MVD_MM_PYTHON': sys.executable
}


@pytest.fixture
def options(make_video, tmp_path):
    """``--cfg-options`` of a run on four videos, two in a batch."""
    dataset = 'train_dataloader.dataset'
    found = {
        f'{dataset}.ann_file': tmp_path / 'list.txt',
        f'{dataset}.data_prefix.video': tmp_path,
        'train_dataloader.batch_size': 2,
        'train_dataloader.num_workers': 0,
        'train_dataloader.persistent_workers': False,
        'train_cfg.max_epochs': EPOCHS,
        'default_hooks.logger.interval': 1,
        'default_hooks.checkpoint.interval': 1,
    }
    for index in range(4):
        make_video(tmp_path / f'{index}.mp4', num_frames=16, size=(64, 64))
    (tmp_path / 'list.txt').write_text(''.join(f'{index}.mp4 0\n'
                                               for index in range(4)))
    branches = Config.fromfile(CONFIG).model.branches
    for name, kind in KINDS.items():
        vit = MVDVisionTransformer(
            **branches[name].teacher.vit, **kind, use_mean_pooling=False)
        vit.init_weights()
        path = tmp_path / f'{name}.pth'
        torch.save({
            f'backbone.{k}': v
            for k, v in vit.state_dict().items()
        }, path)
        found[f'model.branches.{name}.teacher.checkpoint'] = path
    return [f'{key}={value}' for key, value in found.items()]


def steps_of(log):
    """Epochs and iterations that a log shows."""
    found = re.findall(r'Epoch\(train\)\s+\[(\d+)\]\[(\d+)/2\].*loss: [\d.]+',
                       log)
    return [(int(epoch), int(step)) for epoch, step in found]


@pytest.mark.slow
def test_a_killed_run_goes_on_from_its_last_checkpoint(options, tmp_path):
    work_dir = tmp_path / 'work'
    command = [
        sys.executable,
        str(ROOT / 'tools' / 'train.py'),
        str(CONFIG), '--work-dir',
        str(work_dir)
    ]
    last = work_dir / 'last_checkpoint'
    with (tmp_path / 'log').open('w') as file, subprocess.Popen(
            command + ['--cfg-options', *options],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT) as process:
        end = time.monotonic() + 120
        while not last.is_file() and process.poll() is None and \
                time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, (tmp_path /
                                                   'log').read_text()[-3000:]
    # the newest file may be half written: the run's own note decides
    done = int(re.search(r'epoch_(\d+)\.pth$', last.read_text().strip())[1])
    assert 1 <= done < EPOCHS

    again = subprocess.run(
        command + ['--resume', '--cfg-options', *options],
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300)
    log = again.stdout
    assert again.returncode == 0, log[-3000:]
    assert f'resumed epoch: {done}, iter: {2 * done}' in log
    assert steps_of(log) == [(epoch, step)
                             for epoch in range(done + 1, EPOCHS + 1)
                             for step in (1, 2)]
    for name in KINDS:  # the teachers come from their own files
        assert re.search(rf'{name}\.pth -> \w+: \d+ matched', log)
    assert 'missing keys' not in log and 'unexpected key' not in log
    saved = torch.load(work_dir / f'epoch_{EPOCHS}.pth', weights_only=True)
    assert saved['meta']['iter'] == 2 * EPOCHS
    assert not [k for k in saved['state_dict'] if '.teacher.' in k]
    assert all(v.isfinite().all() for v in saved['state_dict'].values())
    steps = {int(s['step']) for s in saved['optimizer']['state'].values()}
    assert steps == {2 * EPOCHS}  # the optimiser went on as well


@pytest.mark.slow
def test_two_processes_on_a_cpu_share_the_videos(options, tmp_path):
    work_dir = tmp_path / 'work'
    done = subprocess.run([
        'bash',
        str(ROOT / 'tools' / 'dist_train.sh'),
        str(CONFIG), '2', '--work-dir',
        str(work_dir), '--cfg-options', *options, 'train_cfg.max_epochs=2',
        'train_dataloader.batch_size=1'
    ],
                          env={
                              **ENVIRONMENT, 'CUDA_VISIBLE_DEVICES': ''
                          },
                          stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          text=True,
                          timeout=300)
    assert done.returncode == 0, done.stdout[-3000:]
    # four videos, one in a batch, two processes: two iterations, logged once
    assert steps_of(done.stdout) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    saved = torch.load(work_dir / 'epoch_2.pth', weights_only=True)
    assert not [k for k in saved['state_dict'] if '.teacher.' in k]
    assert not [k for k in saved['state_dict'] if k.startswith('module.')]
