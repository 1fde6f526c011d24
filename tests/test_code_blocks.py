"""Every block of code of every page is run, or read as its reader would.

Commands go through the parsers of their tools, configs through MMEngine and
the checks that a training makes, lines of Python are compiled. ``RUN`` names
the tests that run blocks as they stand. Diagrams are drawn by
tests/tools/test_build_docs.py.
"""
import argparse
import ast
import doctest
import json
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope

from mvd_mm import registry
from mvd_mm.apis.config_checks import check_module_arguments
from mvd_mm.apis.config_checks.arguments import accepted_arguments
from mvd_mm.apis.config_variables import read_config
from mvd_mm.datasets import read_person_boxes
from mvd_mm.datasets.ava.sources import read_labels
from tools._docs import fenced_blocks

ROOT = Path(__file__).parents[1]
FOLDERS = ('configs', 'demo', 'docs', 'tools')
PAGES = sorted({
    ROOT / 'README.md', ROOT / 'CONTRIBUTING.md',
    *(path for folder in FOLDERS for path in (ROOT / folder).rglob('*.md'))
})
# page, language -> the test that runs its blocks, besides those of this file
RUN = {
    ('docs/own_data.md', 'shell'): 'own_videos.py',
    ('docs/own_data.md', 'sh'): 'own_videos.py',
    ('docs/daily.md', 'shell'): 'own_videos.py',
    ('docs/daily.md', 'python'): 'test_own_data.py',
    ('docs/python.md', 'python'): 'test_python_page.py',
    ('docs/tutorials/new_dataset.md', 'python'): 'test_tutorials.py',
    ('docs/tutorials/new_dataset.md', 'json'): 'test_tutorials.py',
    ('docs/tutorials/new_decoder.md', 'python'): 'test_tutorials.py',
    ('docs/tutorials/new_teacher.md', 'python'): 'test_tutorials.py',
}
# programs of others that a page calls: nothing of ours to check, except that
# tests/test_mim.py runs mim's
OTHERS = {
    'cat', 'docker', 'export', 'hf', 'mim', 'pip', '.venv/bin/pre-commit'
}
# scripts that add options of their own to those of the last program
ENVIRONMENT = {'--use-active-env', '--with-ops'}
# what a reader writes in the place of a word, where not anything will do
EXAMPLES = dict(KIND='ours')
LAUNCHERS = dict(dist_train='tools/train.py', dist_test='tools/test.py')


class Block(NamedTuple):
    """One block of a page, counted from 0."""

    page: str
    number: int
    language: str
    text: str

    def __str__(self):
        return f'{self.page}-{self.number}'


BLOCKS = [
    Block(path.relative_to(ROOT).as_posix(), number, language, text)
    for path in PAGES
    for number, (language,
                 text) in enumerate(fenced_blocks(path.read_text('utf-8')))
]


def of(*languages):
    """Decorate a test of all blocks of some languages."""
    return pytest.mark.parametrize(
        'block', [b for b in BLOCKS if b.language in languages], ids=str)


def block(page, start):
    """The block of a page that begins with a text."""
    found, = [
        b.text for b in BLOCKS if b.page == page and b.text.startswith(start)
    ]
    return found


def test_every_language_has_a_check():
    assert {b.language
            for b in BLOCKS} <= {
                'bash', 'sh', 'shell', 'python', 'json', 'text', 'mermaid',
                'bibtex'
            }


@pytest.mark.parametrize('page, language', RUN)
def test_blocks_that_another_test_runs_are_there(page, language):
    assert any(b[::2] == (page, language) for b in BLOCKS)
    source = (ROOT / 'tests' / RUN[page, language]).read_text()
    assert Path(page).name in source
    assert language in source


class Parsed(Exception):
    """A command's arguments were accepted."""


def commands(text):
    """Words of each command of a block, with the reader's values in place."""
    text = re.sub(r'\\\n', ' ', text)
    text = re.sub(r'\$\((?:[^()]|\([^()]*\))*\)', 'a=1', text)
    text = re.sub(r'\$\{?\w+\}?', 'a=1', text)
    # `[--option VALUE]` of a usage line
    text = re.sub(r'\[(--[^\]]*)\]', r'\1', text)
    for line in text.splitlines():
        words = [
            EXAMPLES.get(word, word)
            for word in shlex.split(line, comments=True)
        ]
        while words and re.fullmatch(r'\w+=.*', words[0]):
            words.pop(0)
        while words:
            end = words.index('&&') if '&&' in words else len(words)
            yield words[:end]
            words = words[end + 1:]


def program(words):
    """Path or module of ours that a command runs, and its arguments."""
    first, *rest = words
    if first.startswith('--'):
        return 'tools/train.py', ['CONFIG', *words]
    if first == 'bash' or first.endswith('.sh'):
        script, *rest = rest if first == 'bash' else words
        stem = Path(script).stem
        if stem in LAUNCHERS:
            wanted = 2 + (stem == 'dist_test')  # CONFIG [CHECKPOINT] GPUS
            assert rest[wanted - 1].isdigit(), f'number of GPUs in {words}'
            return LAUNCHERS[stem], rest[:wanted - 1] + rest[wanted:]
        if stem == 'quickstart':
            rest = [word for word in rest if word not in ENVIRONMENT]
            return 'demo.quickstart', rest
        return script, rest
    if first in ('python', '.venv/bin/python'):
        if rest[0] == '-m':
            return rest[1], rest[2:]
        return rest[0], rest[1:]
    return first, rest


@pytest.fixture
def parse(monkeypatch):
    """Run a command of the clone until its arguments have been accepted."""
    real = argparse.ArgumentParser.parse_args

    def stop(self, args=None, namespace=None):
        real(self, args, namespace)
        raise Parsed

    def run(name, arguments):
        monkeypatch.setattr(argparse.ArgumentParser, 'parse_args', stop)
        monkeypatch.setattr(sys, 'argv', [name, *arguments])
        monkeypatch.syspath_prepend(str(ROOT / Path(name).parent))
        with pytest.raises(Parsed):
            if name.endswith('.py'):
                runpy.run_path(str(ROOT / name), run_name='__main__')
            else:
                runpy.run_module(name, run_name='__main__')

    return run


def check_command(words, parse):
    name, arguments = program(words)
    if name in OTHERS:
        return
    if name.endswith('.py') and not name.startswith(('tools/', 'tests/')):
        assert name.startswith('a=1'), f'{words}: whose program is this?'
    elif name.endswith('.sh'):
        # test_named_paths.py compares their options
        assert (ROOT / name).is_file(), words
    else:
        parse(name, arguments)
    for word in arguments:
        if word.startswith(('configs/', 'tools/', 'tests/')):
            assert any(ROOT.glob(word)) or word == 'configs/mine/actions.py'


@of('bash', 'sh', 'shell')
def test_commands_are_understood(block, parse):
    subprocess.run(['bash', '-n'], input=block.text, text=True, check=True)
    for words in commands(block.text):
        check_command(words, parse)


@pytest.mark.parametrize('line', [
    'python tools/train.py CONFIG --bogus',
    'bash tools/dist_train.sh CONFIG',
    'bash tools/dist_test.sh CONFIG 8',
    'python tools/test.py CONFIG',
    'python tools/predict.py CONFIG FILE',
    'bash tools/quickstart.sh --task nothing',
    'python tools/train.py configs/mvd/none.py',
    'python tools/none.py',
    'unknown --option',
])
def test_a_command_that_is_not_understood_is_noticed(line, parse):
    words, = commands(line)
    with pytest.raises((AssertionError, FileNotFoundError, ImportError,
                        IndexError, SystemExit)):
        check_command(words, parse)


@of('python')
def test_python_is_valid_and_its_modules_take_these_arguments(block):
    examples = doctest.DocTestParser().get_examples(block.text)
    source = ''.join(e.source for e in examples) or block.text
    tree = ast.parse(source)
    assert unknown_arguments(tree) == set()


def unknown_arguments(tree):
    """Of each `dict(type='mvd_mm.X', ...)`, what X does not take."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == 'dict':
            given = {k.arg: k.value for k in node.keywords if k.arg}
            kind = getattr(given.pop('type', None), 'value', '')
            if str(kind).startswith('mvd_mm.'):
                known = [
                    accepted_arguments(getattr(registry, name).get(kind))
                    for name in registry.__all__
                    if getattr(registry, name).get(kind)
                ]
                assert known, f'{kind} is not registered'
                found |= {
                    (kind, name)
                    for name in given
                    if name != '_delete_' and name not in known[0].parameters
                }
    return found


def test_an_argument_that_a_module_does_not_take_is_noticed():
    tree = ast.parse("x = dict(type='mvd_mm.MVD', brnches=dict(a=y))")
    assert unknown_arguments(tree) == {('mvd_mm.MVD', 'brnches')}
    with pytest.raises(AssertionError, match='MVDD is not registered'):
        unknown_arguments(ast.parse("dict(type='mvd_mm.MVDD')"))


def test_config_of_the_readme_is_the_one_that_is_trained():
    start = '# my_config.py'
    assert block('README.md', start) == block('docs/python.md', start)


@pytest.fixture
def leaf(tmp_path):
    """Read a block as a config that follows bases, and check it."""

    def read(text, *bases):
        if bases:
            text = f'_base_ = {[str(ROOT / base) for base in bases]}\n{text}'
        path = tmp_path / 'configs' / 'mine' / 'actions.py'
        path.parent.mkdir(parents=True, exist_ok=True)
        link = tmp_path / 'configs' / '_base_'
        if not link.exists():
            link.symlink_to(ROOT / 'configs' / '_base_')
        path.write_text(text)
        cfg = Config.fromfile(path)
        init_default_scope('mmaction')
        check_module_arguments(cfg)
        return cfg

    return read


PRETRAINING = ('configs/mvd/pretrain/mvd_vit-base-p16_teachers-base_'
               '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py')


def test_lines_about_teachers_change_the_recipe(leaf):
    other = leaf(
        block('docs/any_teacher.md', 'model = dict(\n    branches'),
        PRETRAINING).model.branches
    assert other.image.teacher.type == 'mvd_mm.TransformersTeacher'
    assert other.image.head.norm_target
    assert other.video.teacher.type == 'mvd_mm.VideoMAETeacher'
    lines = block('docs/teachers.md', 'branches=dict(')
    usual = leaf(f'model = dict({lines})', PRETRAINING).model.branches
    assert usual.image.teacher.checkpoint == 'FILE'
    assert usual.video.teacher.vit.depth == 12


def test_lines_about_checkpoints_and_scaling_change_a_recipe(leaf):
    recognition = ('configs/mvd/recognition/vit-base-p16_mvd-teachers-base-'
                   '400e-pre_32xb6-accum2-16x4x1-75e_kinetics400-rgb.py')
    cfg = leaf(
        block('docs/checkpoints.md', 'model = dict(backbone') +
        block('docs/checkpoints.md', 'custom_hooks'), recognition)
    assert cfg.model.backbone.init_cfg.checkpoint == 'FILE'
    assert cfg.custom_hooks[1].allow_missing == ['cls_head.']
    cfg = leaf(block('docs/scaling.md', 'runner_type'), PRETRAINING)
    assert cfg.strategy.type == 'mvd_mm.FSDPStrategy'
    hook = block('docs/benchmarks.md', 'dict(type=')
    leaf(f'custom_hooks = [{hook}]', PRETRAINING)


def test_lines_about_detection_make_a_config(leaf):
    page = 'tools/data/ava/README.md'
    cfg = leaf(block(page, '_base_'))
    assert cfg.optim_wrapper.optimizer.lr == 2.5e-4 * 8 / 256
    assert cfg.model.backbone.init_cfg.type == 'Pretrained'
    cfg = leaf(block(page, '_base_') + block(page, 'sample = dict'))
    kinds = [step.type for step in cfg.train_dataloader.dataset.pipeline]
    assert kinds[:4] == [
        'DecordInit', 'SampleAVAFrames', 'DecordDecode', 'Resize'
    ]
    assert cfg.val_dataloader.dataset.start_index == 0


def test_the_method_as_a_config_gives_two_losses():
    text = block('docs/how_mvd_works.md', 'vit = dict')
    for old, new in (('768', '48'), ('depth=12', 'depth=1'), ('num_heads=12',
                                                              'num_heads=2')):
        assert old in text
        text = text.replace(old, new)
    model = MODELS.build(Config.fromstring(text, '.py').model)
    mask = torch.arange(1568).expand(1, -1) >= 160
    clip = torch.randn(1, 3, 16, 224, 224)
    losses = model.loss(dict(imgs=clip, mask=mask))
    assert set(losses) == {'loss_image', 'loss_video'}
    assert all(loss.isfinite() for loss in losses.values())


def test_lines_about_grad_cam_draw_a_heat_map(tmp_path, monkeypatch,
                                              make_video):
    monkeypatch.chdir(tmp_path)
    make_video(tmp_path / 'video.mp4', num_frames=16, size=(64, 48))
    config, = (ROOT / 'configs' / 'mvd' / 'own_data').glob('vit-*.py')
    cfg, _ = read_config(
        str(config),
        dict(network='tiny', size=32, frames=4, num_classes=2, test_clips=1))
    cfg.dump('config.py')
    init_default_scope('mmaction')
    torch.save(
        dict(state_dict=MODELS.build(cfg.model).state_dict()), 'tuned.pth')
    given = dict(CONFIG='config.py', CHECKPOINT='tuned.pth')
    exec(block('docs/finetuning.md', 'from mmaction.apis'), given)
    views = given['frames'].shape[0]
    assert given['frames'].shape == (views, 4, 32, 32, 3)
    assert 0 <= given['frames'].min() <= given['frames'].max() <= 1


@of('json')
def test_json_is_valid(block):
    assert json.loads(block.text)


def test_boxes_are_read_as_the_page_shows_them(tmp_path):
    page = 'tools/data/ava/README.md'
    (tmp_path / 'a.csv').write_text(block(page, 'video,time'))
    stand, cut = read_labels(tmp_path / 'a.csv')
    assert (stand.action, cut.action) == ('stand', 'cut')
    assert stand.box == (34, 20, 180, 240)
    (tmp_path / 'a.json').write_text(block(page, '{"images"'))
    boxes, = read_person_boxes(str(tmp_path / 'a.json'), lambda _: 0).values()
    assert np.allclose(boxes[0],
                       [10 / 480, 20 / 360, 110 / 480, 220 / 360, .99])


@of('bibtex')
def test_entry_is_closed(block):
    assert block.text.startswith('@')
    assert block.text.count('{') == block.text.count('}')


# text that is no line of a log: folders, a file
SHOWN = ('data/own/videos/', 'data/kinetics400/', 'video,time')


@of('text')
def test_lines_of_a_log_are_ones_that_the_code_writes(block):
    if block.text.startswith(SHOWN):
        return
    sources = ' '.join(path.read_text()
                       for path in (ROOT / 'mvd_mm').rglob('*.py'))
    # names of numbers, without the quotes at ends of lines
    code = re.sub(r"\{[^{}]*\}|'\s+f?'", '', sources)
    for line in block.text.splitlines():
        for part in re.split(r'[:;,]?(?: ?=)? ?(?:\w+=)?[\d.]+[ ,;:]*', line):
            part = part.strip(' .,')
            assert not part or part in code, part
