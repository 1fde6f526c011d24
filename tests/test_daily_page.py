"""docs/daily.md: its commands, in its order, on rendered clips."""
import csv
import importlib.util
import json
import os
import pickle
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.registry import MODELS, init_default_scope

from demo.motion_shapes.render import draw_frames
from demo.motion_shapes.settings import describe
from demo.rendered_set import write_video
from mvd_mm.apis.config_variables import read_config

ROOT = Path(__file__).parents[1]
PAGE = ROOT / 'docs' / 'daily.md'
CONFIGS = ROOT / 'configs' / 'mvd' / 'own_data'
# what makes a command take a second; everything else is as it stands
SMALLER = {
    'network=small': 'network=tiny',
    'size=224': 'size=32',
    'frames=16': 'frames=4 workers=0 batch_size=2',
}
CLASSES = ('pouring', 'stirring')
# prints its arguments: bash expands them, the test runs them
ECHO = """#!/bin/sh
exec "{python}" -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@"
"""


def commands():
    """The lines of every ``shell`` block of the page."""
    blocks = re.findall(r'^```shell\n(.*?)^```', PAGE.read_text(),
                        re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def save(pattern, path, **more):
    """What a training leaves: random weights of a config, and its text."""
    config, = CONFIGS.glob(pattern)
    cfg, _ = read_config(
        str(config), dict(network='tiny', size=32, frames=4, **more))
    init_default_scope('mmaction')
    model = MODELS.build(cfg.model)
    path.parent.mkdir(parents=True)
    torch.save(
        dict(
            meta=dict(
                cfg=cfg.pretty_text, dataset_meta=dict(classes=list(CLASSES))),
            state_dict=model.state_dict()), path)
    (path.parent / 'last_checkpoint').write_text(path.name)


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """The clone's commands beside what docs/own_data.md leaves."""
    for name in ('tools', 'configs'):
        (tmp_path / name).symlink_to(ROOT / name)
    own, runs = tmp_path / 'data' / 'own', tmp_path / 'work_dirs' / 'own'
    meta = describe('easy', num_frames=24)
    lines = []
    for index in range(4):
        name = f'{CLASSES[index % 2]}/{"ab"[index // 2]}.mp4'
        (own / 'small' / name).parent.mkdir(parents=True, exist_ok=True)
        write_video(own / 'small' / name, draw_frames(meta, 'train', index), 8)
        lines.append(f'{name}\t{index % 2}\n')
    (own / 'train.txt').write_text(''.join(lines))
    (own / 'val.txt').write_text(''.join(lines))
    (own / 'classes.txt').write_text(''.join(f'{c}\n' for c in CLASSES))
    save('mae_*.py', runs / 'mae' / 'epoch_1.pth')
    save('videomae_*.py', runs / 'videomae' / 'epoch_1.pth')
    save('mvd_*.py', runs / 'mvd' / 'epoch_1.pth')
    save(
        'vit-*.py',
        runs / 'finetune' / 'best_acc_top1_epoch_1.pth',
        num_classes=2)
    log = runs / 'finetune' / '20260101_000000' / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True)
    log.write_text(''.join(
        json.dumps(dict(loss=1 / i, lr=.1 * i, step=i)) + '\n'
        for i in range(1, 5)))
    (runs / 'scores.pkl').write_bytes(
        pickle.dumps([
            dict(
                gt_label=torch.tensor([i % 2]), pred_score=torch.eye(2)[i % 2])
            for i in range(4)
        ]))
    (tmp_path / 'bin').mkdir()
    python = tmp_path / 'bin' / 'python'
    python.write_text(ECHO.format(python=sys.executable))
    python.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    # commands find what lies beside them, as if they had been called
    monkeypatch.syspath_prepend(ROOT / 'tools')
    return tmp_path


def arguments(line, variables):
    """What a command of the page is given, as bash expands it."""
    for old, new in SMALLER.items():
        line = line.replace(old, new)
        variables = [v.replace(old, new) for v in variables]
    done = subprocess.run(['bash', '-euc', '\n'.join([*variables, line])],
                          env=dict(
                              os.environ,
                              PATH=f'bin{os.pathsep}{os.environ["PATH"]}'),
                          stdout=subprocess.PIPE,
                          text=True,
                          check=True)
    return json.loads(done.stdout)


def test_page_has_every_command():
    lines = commands()
    text = '\n'.join(lines)
    assert all(old in text for old in SMALLER)
    called = {line.split()[1] for line in lines if line.startswith('python ')}
    pictures = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / 'tools' / 'visualizations').glob('*.py')
    } - {
        'tools/visualizations/draw_actions.py',
        'tools/visualizations/show_ava.py'
    }
    assert called == pictures | {
        'tools/predict.py', 'tools/extract_features.py', 'tools/export.py',
        'tools/data/convert_list.py'
    }
    # every option of the page's commands is one of the command's
    assert 'tools/data/build_official.py ucf101' in PAGE.read_text()


@pytest.mark.slow
def test_commands_of_the_page(clone, capsys):
    variables = [line for line in commands() if '=' in line.split()[0]]
    assert len(variables) == 4
    onnx = all(map(importlib.util.find_spec, ('onnxruntime', 'onnxscript')))
    for line in commands():
        if line in variables or ('.onnx' in line and not onnx):
            continue
        tool, *args = arguments(line, variables)
        main = runpy.run_path(tool)['main']
        assert not main(args), line
    told = capsys.readouterr().out
    out = clone / 'work_dirs' / 'own'
    assert '4 videos read, 0 broken' in told
    assert 'have the class of the list' in told
    with (out / 'all.csv').open(newline='') as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 * len(CLASSES)
    assert {row['class'] for row in rows} == set(CLASSES)
    windows = list(csv.DictReader((out / 'windows.csv').open()))
    assert [w['begin'] for w in windows[::2]] == ['0.000', '0.500', '1.000']
    shapes = {}
    for name in ('val', 'windows', 'teacher'):
        with np.load(out / f'{name}.npz') as data:
            shapes[name] = data['features'].shape
            assert len(data['names']) == len(data['features'])
    # 3 s: two windows of 2 s; frames of 4 in tubelets of 2; width 192
    assert shapes == dict(val=(4, 192), windows=(8, 2, 192), teacher=(4, 192))
    for match in re.findall(r'scores differ by (\S+) at most', told):
        assert float(match) < .05
    assert len(re.findall('scores differ', told)) == (4 if onnx else 1)
    assert (out / 'val.txt').read_text() == (clone / 'data' / 'own' /
                                             'val.txt').read_text()
    for name in ('timeline/a.png', 'nearest.png', 'samples.png',
                 'pictures/clip_0.png', 'curves.png', 'confusion.png'):
        picture = cv2.imread(str(out / name))
        assert picture is not None and picture.std() > 10, name
    for name in ('drawn/a.mp4', 'attention.mp4'):
        assert cv2.VideoCapture(str(out / name)).read()[0], name
    assert (out / 'gradcam.gif').read_bytes()[:3] == b'GIF'
    run_python(out, onnx)


def run_python(out, onnx):
    """Run the page's lines of Python beside the files that they name."""
    config, = CONFIGS.glob('vit-*.py')
    cfg, _ = read_config(
        str(config), dict(network='tiny', size=32, frames=4, num_classes=2))
    cfg.dump('config.py')
    small = Path('data', 'own', 'small', 'pouring', 'a.mp4')
    for source, name in ((small, 'a.mp4'), (out / 'val.npz', 'val.npz'),
                         (out / 'finetune' / 'best_acc_top1_epoch_1.pth',
                          'tuned.pth'), (Path('data', 'own',
                                              'classes.txt'), 'classes.txt')):
        shutil.copy(source, name)
    if onnx:
        shutil.copy(out / 'tuned.onnx', 'tuned.onnx')
    given = dict(
        frames=np.zeros((9, 40, 40, 3), dtype=np.uint8),
        pixels=np.zeros((2, 3, 4, 32, 32), dtype=np.uint8))
    blocks = re.findall(r'^```python\n(.*?)^```', PAGE.read_text(),
                        re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        if onnx or 'onnx' not in block:
            exec(block, given)
    assert [p.video
            for p in given['result']['predictions']] == ['a.mp4', 'array_1']
    assert len(given['features']) == len(given['names']) == 4
    assert not onnx or given['scores'].shape == (2, 2)
