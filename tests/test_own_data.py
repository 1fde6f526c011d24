"""docs/own_data.md and docs/daily.md: their commands, in order, word by word.

Only the sizes are smaller. The first page runs in a shell; the second one,
whose commands would mostly import, in this process, with arguments as bash
expands them.
"""
import csv
import importlib.util
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from demo.motion_shapes.classes import CLASSES
from demo.motion_shapes.render import draw_frames
from demo.motion_shapes.settings import describe
from demo.rendered_set import write_video
from mvd_mm.apis.config_variables import read_config
from tests.own_videos import PAGES, commands, make_clone, run

ROOT = Path(__file__).parents[1]
OWN, DAILY = PAGES
# what makes a step of a page take seconds; everything else is as it stands
SMALLER = {
    'network=small': 'network=tiny',
    'size=224': 'size=32',
    'frames=16': 'frames=4',
    'batch_size=16': 'batch_size=4 workers=0',
    'EPOCHS=200': 'EPOCHS=4',
    '--short-side 256': '--short-side 40',
}
NUM_CLASSES, EACH = 2, 5
NAMES = [f'{name}-x' for name in CLASSES[:NUM_CLASSES]]
# prints its arguments: bash expands them, the test runs them
ECHO = """#!/bin/sh
exec "{python}" -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@"
"""


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """The clone's commands beside a folder of videos in class folders."""
    make_clone(tmp_path)
    meta = describe('easy', num_frames=24)
    for label, name in enumerate(NAMES):
        folder = tmp_path / 'data' / 'own' / 'videos' / name
        folder.mkdir(parents=True)
        for index in range(EACH):
            write_video(folder / f'{index}.mp4',
                        draw_frames(meta, 'train', NUM_CLASSES * index), 8)
    monkeypatch.chdir(tmp_path)
    # commands find what lies beside them, as if they had been called
    monkeypatch.syspath_prepend(ROOT / 'tools')
    return tmp_path


def smaller(lines):
    for old, new in SMALLER.items():
        lines = [line.replace(old, new) for line in lines]
    return lines


def is_setting(line):
    return '=' in line.split()[0]


def test_the_first_page_has_every_step_once():
    lines = commands(OWN)
    steps = [
        'shrink_videos', 'build_annotations', 'SETTINGS=', 'EPOCHS=',
        '/mae_vit', '/videomae_vit', '/mvd_vit',
        'tools/train.py configs/mvd/own_data/vit', 'tools/test.py'
    ]
    assert len(lines) == len(steps)
    assert all(step in line for step, line in zip(steps, lines))
    text = '\n'.join(lines)
    assert all(old in text for old in SMALLER)
    for name in re.findall(r'configs/\S+\.py', text):
        assert (ROOT / name).is_file()
    # a first try changes settings, no command
    tried = commands(OWN, first_try=True)
    assert [is_setting(a) for a in tried] == [is_setting(a) for a in lines]
    assert sum(a != b for a, b in zip(tried, lines)) == 2


def test_page_names_every_variable_of_the_configs():
    page = OWN.read_text()
    table = re.findall(r'`(\w+)`',
                       page.split('| variable |')[1].split('\n\n')[0])
    for base in (ROOT / 'configs' / '_base_' / 'own_data').glob('*.py'):
        top = base.read_text().split('\n\n')[0]
        for variable in re.findall(r'^([a-z]\w*) =', top, re.MULTILINE):
            assert variable in table, (base.name, variable)


@pytest.mark.slow
def test_from_a_folder_of_classes_to_exported_networks(clone, capsys):
    own, daily = smaller(commands(OWN)), commands(DAILY)
    outputs = list(run(own, clone))
    check_training(clone, outputs[4:])
    settings = [line for line in [*own, *daily] if is_setting(line)]
    told = run_here(daily, settings, clone, capsys)
    check_files(clone / 'work_dirs' / 'own', told)
    run_python(clone / 'work_dirs' / 'own')


def check_training(clone, outputs):
    """What the trainings and the test of the first page print and leave."""
    mae, videomae, mvd, finetune, test = outputs
    assert 'training MaskedAutoencoder: MVDVisionTransformer of 12' in mae
    assert 'for 4 frames of 32 x 32 pixels' in videomae
    assert 'on 8 samples of data/own/train.txt' in videomae
    teachers = re.findall(r'(\w+) teacher \w+: .* weights from (\S+)', mvd)
    assert [name for name, _ in teachers] == ['image', 'video']
    assert all((clone / file).is_file() for _, file in teachers)
    assert f'{NUM_CLASSES} classes' in finetune
    assert 'the backbone starts from' in finetune
    assert 'work_dirs/own/mvd/epoch_4.pth' in finetune
    accuracy = re.search(r'acc/top1: ([\d.]+)', test)
    assert 0 <= float(accuracy.group(1)) <= 1
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
                  'UserWarning', 'System environment', 'Traceback'):
        assert noise not in screen, screen
    log, = work_dir.glob('*/*.log')
    text = log.read_text()
    assert 'Config:\n' in text and 'train_dataloader = dict(' in text
    assert 'System environment' in text and 'Hooks will be' in text


def run_here(lines, settings, clone, capsys):
    """Run a page's commands in this process; what they print."""
    (clone / 'bin' / 'python').write_text(ECHO.format(python=sys.executable))
    for line in lines:
        if is_setting(line) or ('.onnx' in line and not has_onnx()):
            continue
        done = subprocess.run(['bash', '-euc', '\n'.join([*settings, line])],
                              env=dict(
                                  os.environ,
                                  PATH=f'bin{os.pathsep}{os.environ["PATH"]}'),
                              stdout=subprocess.PIPE,
                              text=True,
                              check=True)
        if line.startswith('python '):
            tool, *args = json.loads(done.stdout)
            assert not runpy.run_path(tool)['main'](args), line
    return capsys.readouterr().out


def has_onnx():
    return all(map(importlib.util.find_spec, ('onnxruntime', 'onnxscript')))


def check_files(out, told):
    """What the commands of the second page print and write."""
    total = NUM_CLASSES * EACH
    assert f'{total} videos read, 0 broken' in told
    assert 'have the class of the list' in told
    with (out / 'all.csv').open(newline='') as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == total * NUM_CLASSES
    assert {row['class'] for row in rows} == set(NAMES)
    windows = list(csv.DictReader((out / 'windows.csv').open()))
    assert [w['begin'] for w in windows[::2]] == ['0.000', '0.500', '1.000']
    shapes = {}
    for name in ('all', 'windows', 'teacher'):
        with np.load(out / f'{name}.npz') as data:
            shapes[name] = data['features'].shape
            assert len(data['names']) == len(data['features'])
    # 3 s: two windows of 2 s; frames of 4 in tubelets of 2; width 192
    assert shapes == dict(
        all=(total, 192), windows=(2 * total, 2, 192), teacher=(total, 192))
    differences = re.findall(r'scores differ by (\S+) at most', told)
    assert len(differences) == (4 if has_onnx() else 1)
    assert all(float(each) < .05 for each in differences)
    assert (out / 'val.txt').read_text() == Path('data', 'own',
                                                 'val.txt').read_text()
    assert (out / 'logs' / 'pre-training.csv').is_file()
    pictures = [
        'nearest.png', 'map.png', 'samples.png', 'pictures/clip_0.png',
        'curves.png', 'compared.png', 'confusion.png'
    ]
    video = Path(Path('data', 'own', 'val.txt').read_text().split('\t')[0])
    for name in (f'timeline/{video.stem}.png', *pictures):
        picture = cv2.imread(str(out / name))
        assert picture is not None and picture.std() > 10, name
    for name in (f'drawn/{video.stem}.mp4', 'attention.mp4'):
        assert cv2.VideoCapture(str(out / name)).read()[0], name
    assert (out / 'gradcam.gif').read_bytes()[:3] == b'GIF'


def run_python(out):
    """Run the page's lines of Python beside the files that they name."""
    config, = (ROOT / 'configs' / 'mvd' / 'own_data').glob('vit-*.py')
    cfg, _ = read_config(
        str(config),
        dict(network='tiny', size=32, frames=4, num_classes=NUM_CLASSES))
    cfg.dump('config.py')
    tuned, = (out / 'finetune').glob('best_acc_top1_epoch_*.pth')
    video = next(Path('data', 'own', 'small').rglob('*.mp4'))
    for source, name in ((video, 'a.mp4'), (out / 'all.npz',
                                            'all.npz'), (tuned, 'tuned.pth'),
                         (Path('data', 'own', 'classes.txt'), 'classes.txt')):
        shutil.copy(source, name)
    if has_onnx():
        shutil.copy(out / 'tuned.onnx', 'tuned.onnx')
    given = dict(
        frames=np.zeros((9, 40, 40, 3), dtype=np.uint8),
        pixels=np.zeros((2, 3, 4, 32, 32), dtype=np.uint8))
    blocks = re.findall(r'^```python\n(.*?)^```', DAILY.read_text(),
                        re.MULTILINE | re.DOTALL)
    configs = [block for block in blocks if block.startswith('_base_')]
    assert len(blocks) == 4 and len(configs) == 1
    Path('drawing.py').write_text(configs[0])
    drawing, _ = read_config('drawing.py', dict(network='tiny'))
    assert drawing.model.backbone.embed_dims == 192
    assert len(drawing.visualizer.vis_backends) == 2
    assert drawing.default_hooks.pictures.interval == 10
    assert drawing.default_hooks.checkpoint.type  # the others stay
    for block in blocks:
        if block not in configs and (has_onnx() or 'onnx' not in block):
            exec(block, given)
    assert [p.video
            for p in given['result']['predictions']] == ['a.mp4', 'array_1']
    assert len(given['features']) == len(given['names']) == NUM_CLASSES * EACH
    assert not has_onnx() or given['scores'].shape == (2, 2)


def test_the_second_page_has_every_command():
    lines = commands(DAILY)
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
        'tools/data/convert_list.py', 'tools/analysis_tools/log_to_csv.py'
    }
    assert 'tools/data/build_official.py ucf101' in DAILY.read_text()
