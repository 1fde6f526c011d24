"""MIM's commands on a wheel, in an environment that has no clone.

The environment is new; the host packages are those of this one, which a line
in a ``.pth`` file makes visible. Nothing of the clone is: neither its folder
nor the editable installation.
"""
import csv
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / 'docs' / 'installation.md'
CONFIG = ('vit-small-p16_mvd-teachers-small-200e-pre_1xb16-16x4x1-50e_'
          'own-data-rgb.py')
SMALL = ('data_root=data videos=data network=tiny size=32 frames=4 workers=0 '
         'batch_size=2 num_classes=2 test_clips=1').split()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(
            map(importlib.util.find_spec, ('mim', 'modelindex', 'pandas'))),
        reason='MIM is optional: requirements/mim.txt has its packages')
]


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """An empty folder to work in, with an environment in `env`."""
    folder = tmp_path_factory.mktemp('mim')
    source = folder / 'source'
    source.mkdir()
    # not in the clone: building leaves files behind
    ignore = shutil.ignore_patterns('__pycache__', '*.egg-info')
    for name in ('mvd_mm', 'configs', 'tools', 'demo'):
        shutil.copytree(ROOT / name, source / name, True, ignore)
    for name in ('setup.cfg', 'pyproject.toml', 'MANIFEST.in', 'README.md',
                 'LICENSE', 'NOTICE', 'model-index.yml'):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, '-m', 'pip', '--disable-pip-version-check']
    quiet = ['--quiet', '--no-deps', '--no-index']
    subprocess.run(
        [*pip, 'wheel', *quiet, '--no-build-isolation', '-w', folder, source],
        check=True)
    shutil.rmtree(source)
    venv.create(folder / 'env', symlinks=True)
    site = next((folder / 'env' / 'lib').glob('python*')) / 'site-packages'
    (site / 'hosts.pth').write_text(sysconfig.get_path('purelib') + '\n')
    wheel, = folder.glob('mvd_mm-*.whl')
    subprocess.run([
        *pip, '--python', folder / 'env' / 'bin' / 'python', 'install', *quiet,
        '--no-compile', '--ignore-installed', wheel
    ],
                   check=True)
    (folder / 'work').mkdir()
    return folder


@pytest.fixture
def run(folder):
    """Run words; what they print, without what MIM says of itself."""

    def run(*words):
        env = {
            k: v
            for k, v in os.environ.items()
            if k not in ('PYTHONPATH', 'PYTHONHOME')
        }
        path = f'{folder / "env" / "bin"}{os.pathsep}{env["PATH"]}'
        # docs/installation.md: MIM imports what setuptools will remove
        line, = re.findall("^export (PYTHONWARNINGS)='(.*)'", PAGE.read_text(),
                           re.MULTILINE)
        done = subprocess.run(
            [str(folder / 'env' / 'bin' / 'python'), *map(str, words)],
            cwd=folder / 'work',
            env=dict(env, PATH=path, OMP_NUM_THREADS='1', **dict([line])),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300)
        assert done.returncode == 0, done.stdout[-4000:]
        for noise in ('Warning', 'WARNING', 'Traceback', 'deprecated'):
            assert noise not in done.stdout, done.stdout
        return done.stdout

    return run


def test_package_is_the_wheel_and_brings_its_configs(folder, run):
    found = Path(run('-c', 'import mvd_mm\nprint(mvd_mm.__file__)').strip())
    assert folder / 'env' / 'lib' in found.parents
    configs = found.parent / '.mim' / 'configs'
    ours = {
        p.relative_to(ROOT / 'configs')
        for p in (ROOT / 'configs').rglob('*.py')
    }
    assert {p.relative_to(configs) for p in configs.rglob('*.py')} == ours


def test_list_names_the_package(run):
    row, = [
        line for line in run('-m', 'mim', 'list').splitlines()
        if line.startswith(('mvd_mm', 'mvd-mm'))
    ]
    assert row.split()[1:] == [
        re.search("'(.*)'", (ROOT / 'mvd_mm' / 'version.py').read_text())[1],
        'https://arxiv.org/abs/2212.04500'
    ]


def test_search_finds_every_model_of_the_metafiles(run):
    found = run('-m', 'mim', 'search', 'mvd_mm', '--valid-config')
    names = {path.stem for path in (ROOT / 'configs').glob('[!_]*/*/*.py')}
    assert sum(name in found for name in names) > 50


def test_train_test_and_predict(run, folder, make_video):
    weights = folder / 'work' / 'runs' / 'epoch_1.pth'
    data = folder / 'work' / 'data'
    for index in range(4):
        make_video(data / f'{index}.mp4', num_frames=16, size=(64, 64))
    lines = ''.join(f'{i}.mp4\t{i % 2}\n' for i in range(4))
    for name in ('train.txt', 'val.txt'):
        (data / name).write_text(lines)
    (data / 'classes.txt').write_text('a\nb\n')
    told = run('-m', 'mim', 'train', 'mvd_mm', CONFIG, '--gpus', 0,
               '--work-dir', 'runs', '--cfg-options', *SMALL, 'epochs=1')
    assert 'Training finished successfully' in told
    assert weights.is_file()
    told = run('-m', 'mim', 'test', 'mvd_mm', CONFIG, '--checkpoint', weights,
               '--gpus', 0, '--work-dir', 'test', '--cfg-options', *SMALL)
    assert 'acc/top1' in told and 'Testing finished successfully' in told
    # the config that the training has left
    told = run('-m', 'mim', 'run', 'mvd_mm', 'predict', f'runs/{CONFIG}',
               weights, 'data', '--out', 'all.csv')
    assert '4 videos read, 0 broken' in told
    with (folder / 'work' / 'all.csv').open(newline='') as file:
        assert {row['class'] for row in csv.DictReader(file)} == {'a', 'b'}


def test_doctor_finds_no_fault(run):
    assert ' 0 faults' in run('-m', 'mim', 'run', 'mvd_mm', 'doctor')


def test_page_shows_these_commands():
    lines = re.findall('^mim .*', PAGE.read_text(), re.MULTILINE)
    words = {tuple(shlex.split(line, comments=True)[:3]) for line in lines}
    assert words == {('mim', command, 'mvd_mm')
                     for command in ('train', 'test', 'run', 'search')
                     } | {('mim', 'list')}
