"""docs/own_data.md: its commands, in its order, on rendered clips."""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo.motion_shapes.classes import CLASSES
from demo.motion_shapes.render import draw_frames
from demo.motion_shapes.settings import describe
from demo.rendered_set import write_video

ROOT = Path(__file__).parents[1]
PAGE = ROOT / 'docs' / 'own_data.md'
# what makes a step of the page take seconds; everything else is as it stands
SMALLER = {
    'network=small': 'network=tiny',
    'size=224': 'size=32',
    'frames=16': 'frames=4',
    'batch_size=16': 'batch_size=4 workers=0',
    'epochs=200': 'epochs=1',
    'epochs=50': 'epochs=1',
    '--short-side 256': '--short-side 40',
}
NUM_CLASSES = 2


def commands(page=PAGE):
    """The lines of every ``shell`` block of the page."""
    blocks = re.findall(r'^```shell\n(.*?)^```', page.read_text(),
                        re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture
def clone(tmp_path):
    """The clone's commands beside a folder of videos in class folders."""
    for name in ('tools', 'configs'):
        (tmp_path / name).symlink_to(ROOT / name)
    meta = describe('easy', num_frames=12)
    for label in range(NUM_CLASSES):
        folder = tmp_path / 'data' / 'own' / 'videos' / f'{CLASSES[label]} x'
        folder.mkdir(parents=True)
        for index in range(5):
            write_video(folder / f'{index}.mp4',
                        draw_frames(meta, 'train', NUM_CLASSES * index), 10)
    (tmp_path / 'bin').mkdir()
    python = tmp_path / 'bin' / 'python'
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return tmp_path


def run(lines, folder):
    """Run lines in one shell; returns what each of them printed."""
    path = f'{folder}/bin{os.pathsep}{os.environ["PATH"]}'
    script = '\n'.join(f'{line}\necho "== end"' for line in lines)
    done = subprocess.run(['bash', '-euo', 'pipefail', '-c', script],
                          cwd=folder,
                          env=dict(
                              os.environ, PATH=path, PYTHONPATH=str(ROOT)),
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          text=True,
                          timeout=900)
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout.split('== end\n')[:-1]


def test_page_has_every_step_once():
    lines = commands()
    steps = [
        'shrink_videos', 'build_annotations', 'SETTINGS=', '/mae_vit',
        '/videomae_vit', '/mvd_vit', 'tools/train.py configs/mvd/own_data/vit',
        'tools/test.py'
    ]
    assert len(lines) == len(steps)
    assert all(step in line for step, line in zip(steps, lines))
    text = '\n'.join(lines)
    assert all(old in text for old in SMALLER)
    for name in re.findall(r'configs/\S+\.py', text):
        assert (ROOT / name).is_file()


def test_page_names_every_variable_of_the_configs():
    page = PAGE.read_text()
    table = re.findall(r'`(\w+)`',
                       page.split('| variable |')[1].split('\n\n')[0])
    for base in (ROOT / 'configs' / '_base_' / 'own_data').glob('*.py'):
        top = base.read_text().split('\n\n')[0]
        for variable in re.findall(r'^([a-z]\w*) =', top, re.MULTILINE):
            assert variable in table, (base.name, variable)


@pytest.mark.slow
def test_commands_of_the_page_lead_to_a_tested_network(clone):
    lines = commands()
    for old, new in SMALLER.items():
        lines = [line.replace(old, new) for line in lines]
    outputs = run(lines, clone)
    mae, videomae, mvd, finetune, test = outputs[3:]
    assert 'training MaskedAutoencoder: MVDVisionTransformer of 12' in mae
    assert 'for 4 frames of 32 x 32 pixels' in videomae
    assert 'on 8 samples of data/own/train.txt' in videomae
    teachers = re.findall(r'(\w+) teacher \w+: .* weights from (\S+)', mvd)
    assert [name for name, _ in teachers] == ['image', 'video']
    assert all((clone / file).is_file() for _, file in teachers)
    assert f'{NUM_CLASSES} classes' in finetune
    assert 'the backbone starts from' in finetune
    assert 'work_dirs/own/mvd/epoch_1.pth' in finetune
    accuracy = re.search(r'acc/top1: ([\d.]+)', test)
    assert 0 <= float(accuracy.group(1)) <= 1
    assert (clone / 'work_dirs' / 'own' / 'scores.pkl').is_file()
    for screen, name in ((mae, 'mae'), (videomae, 'videomae'), (mvd, 'mvd'),
                         (finetune, 'finetune')):
        check_log(screen, clone / 'work_dirs' / 'own' / name)


def check_log(screen, work_dir):
    """The first iteration is soon on the screen, the config in the file."""
    lines = screen.splitlines()
    first = next(i for i, line in enumerate(lines, 1)
                 if 'Epoch(train)' in line)
    assert first <= 60, screen
    for noise in ('pkg_resources', 'worker processes in total', 'save_dir',
                  'UserWarning', 'System environment'):
        assert noise not in screen, screen
    log, = work_dir.glob('*/*.log')
    text = log.read_text()
    assert 'Config:\n' in text and 'train_dataloader = dict(' in text
    assert 'System environment' in text and 'Hooks will be' in text
