"""Importing the package is quick, and everything is there when named."""
import subprocess
import sys
from pathlib import Path

import pytest

import mvd_mm

ROOT = Path(__file__).parents[1]
HEAVY = ('mmaction', 'mmcv', 'mmdet', 'mmengine.runner', 'mmengine.optim',
         'sklearn', 'scipy', 'matplotlib', 'torchvision', 'cv2', 'decord')


def run(code):
    """Run code in a process of its own; returns what it prints."""
    done = subprocess.run([sys.executable, '-c', code],
                          cwd=ROOT,
                          capture_output=True,
                          text=True,
                          check=True)
    return done.stdout.split()


def test_import_leaves_out_what_only_some_need():
    assert run('import sys, mvd_mm\n'
               f'print(*[m for m in {HEAVY} if m in sys.modules])') == []


def test_registries_import_a_module_when_a_config_names_it():
    wanted = dict(
        PARAM_SCHEDULERS='WarmupCosineLR',
        OPTIM_WRAPPERS='AutocastOptimWrapper',
        HOOKS='RunSummaryHook',
        LOOPS='KNNTestLoop',
        DATASETS='CheckedVideoDataset',
        TRANSFORMS='TubeMasking',
        MODELS='MVDVisionTransformer')
    found = run('import mvd_mm\n'
                'from mmengine import registry\n'
                f'for kind, name in {wanted}.items():\n'
                "    print(getattr(registry, kind).get('mvd_mm.' + name)"
                '.__name__)')
    assert found == list(wanted.values())


def test_work_arounds_reach_modules_that_are_imported_later():
    assert run(
        'import mvd_mm\n'
        'from mmengine.runner import Runner, activation_checkpointing\n'
        'from mmengine.optim.optimizer import default_constructor\n'
        'print(activation_checkpointing.checkpoint.keywords)\n'
        'print(default_constructor.print_log._drops_lines)\n'
        'print(Runner.scale_lr._scales_base_lr, Runner.build_logger._is_short)'
    ) == ["{'use_reentrant':", 'False}', 'True', 'True', 'True']


@pytest.mark.parametrize('name', mvd_mm.__all__)
def test_every_name_is_there(name):
    assert getattr(mvd_mm, name) is not None
    assert name in dir(mvd_mm)


def test_unknown_attribute_is_named():
    with pytest.raises(AttributeError, match="'load_backbon'"):
        mvd_mm.load_backbon
