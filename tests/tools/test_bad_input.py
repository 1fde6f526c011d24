"""Bad input through the real entry: told early, by name, with a way out."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG, = (ROOT / 'configs' / 'mvd' /
           'quickstart').glob('mvd_*_teachers-*_motion-shapes-rgb.py')
LIST = 'train_dataloader.dataset.ann_file'
TEACHER = 'model.branches.{}.teacher'


def train(tmp_path, **options):
    """Run ``tools/train.py`` with these ``--cfg-options``."""
    command = [
        sys.executable,
        str(ROOT / 'tools' / 'train.py'),
        str(CONFIG), '--work-dir',
        str(tmp_path / 'work'), '--cfg-options',
        *(f'{key}={value}' for key, value in options.items())
    ]
    return subprocess.run(
        command,
        cwd=tmp_path,
        env={
            **os.environ, 'OMP_NUM_THREADS': '1'
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300)


@pytest.fixture
def options(make_video, tmp_path):
    """What a run needs: one video in a list, teachers of random weights."""
    make_video(tmp_path / 'x.mp4', num_frames=16, size=(64, 64))
    (tmp_path / 'list.txt').write_text('x.mp4 0\n')
    return {
        LIST: tmp_path / 'list.txt',
        'train_dataloader.dataset.data_prefix.video': tmp_path,
        'train_dataloader.batch_size': 1,
        'train_dataloader.num_workers': 0,
        'train_dataloader.persistent_workers': False,
        'train_cfg.max_epochs': 1,
        **{
            f'{TEACHER.format(name)}.random_init': True
            for name in ('image', 'video')
        }
    }


@pytest.mark.slow
def test_the_same_call_with_good_input_trains(options, tmp_path):
    done = train(tmp_path, **options)
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / 'work' / 'epoch_1.pth').is_file()


@pytest.mark.slow
@pytest.mark.parametrize('text, change, error, words', [
    pytest.param(
        '', {},
        'ValueError',
        ('`ann_file`', 'list.txt', 'is empty', "<path>' '<label>"),
        id='empty_list'),
    pytest.param(
        'x.mp4 0\nx.mp4\n', {},
        'ValueError', ('list.txt:2', 'has no label', "'x.mp4'", 'write 0'),
        id='no_label'),
    pytest.param(
        'y.mp4 0\n', {},
        'FileNotFoundError', ('first video', 'y.mp4', 'data_prefix.video'),
        id='no_video'),
    pytest.param(
        'x.mp4 0\n', {LIST: 'none.txt'},
        'FileNotFoundError',
        ('`ann_file`', 'none.txt', 'build_annotations.py', f'`{LIST}`'),
        id='no_list'),
    pytest.param(
        'x.mp4 0\n', {f'{TEACHER.format("image")}.checkpoint': 'none.pth'},
        'FileNotFoundError',
        ('`checkpoint`', 'MAEImageTeacher', "'none.pth'", '--cfg-options'),
        id='no_image_teacher'),
    pytest.param(
        'x.mp4 0\n', {f'{TEACHER.format("video")}.random_init': False},
        'ValueError',
        ('`checkpoint`', 'VideoMAETeacher', 'not set', 'random_init=True'),
        id='no_weights_of_the_video_teacher'),
    pytest.param(
        'x.mp4 0\n', {'model.backbone.embed_dim': 64},
        'TypeError', ('model.backbone.embed_dim=64', 'MVDVisionTransformer',
                      "did you mean 'embed_dims'?"),
        id='misspelt_key'),
    pytest.param(
        'x.mp4 0\n', {'train_dataloder.batch_size': 2},
        'ValueError',
        ('train_dataloder.batch_size=2', "did you mean 'train_dataloader'?"),
        id='misspelt_top_level_key'),
])
def test_is_refused_before_the_first_iteration(options, tmp_path, text, change,
                                               error, words):
    (tmp_path / 'list.txt').write_text(text)
    done = train(tmp_path, **dict(options, **change))
    assert done.returncode != 0
    assert 'Epoch(train)' not in done.stdout
    assert not list(tmp_path.glob('work/*.pth'))
    # what the user reads last
    assert 'Traceback' not in done.stdout
    message = done.stdout[done.stdout.rindex(f'{error}: '):]
    for word in words:
        assert word in message, done.stdout[-3000:]
