"""Configs of the package, for a ``_base_`` of the user's own."""
import subprocess
import sys
from pathlib import Path

import pytest

import mvd_mm
from mvd_mm.apis import config_file

ROOT = Path(__file__).parents[2]
NAME = ('vit-small-p16_mvd-teachers-small-200e-pre_1xb16-16x4x1-50e_own-data-'
        'rgb.py')


def test_by_path_or_by_name():
    path = config_file(f'mvd/own_data/{NAME}')
    assert Path(path).is_file() and path == config_file(NAME)
    assert Path(path).is_absolute()


def test_unknown_name_suggests_others():
    with pytest.raises(FileNotFoundError, match='default_runtime.py'):
        config_file('_base_/defaultruntime.py')


def test_a_base_by_its_path_needs_nothing_imported_before(tmp_path):
    (tmp_path / 'mine.py').write_text(
        "_base_ = __import__('mvd_mm').config_file(\n"
        f"    'mvd/own_data/{NAME}')\n"
        'model = dict(cls_head=dict(num_classes=3))\n')
    done = subprocess.run([
        sys.executable, '-c', 'from mmengine.config import Config\n'
        f'cfg = Config.fromfile({str(tmp_path / "mine.py")!r})\n'
        'print(cfg.model.cls_head.num_classes, cfg.model.backbone.embed_dims)'
    ],
                          cwd=ROOT,
                          capture_output=True,
                          text=True,
                          check=True)
    assert done.stdout.split() == ['3', '384']


def test_path_is_inside_the_package():
    package = Path(mvd_mm.__file__).resolve().parent
    assert config_file(NAME).startswith(str(package / '.mim' / 'configs'))
