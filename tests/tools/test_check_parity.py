"""Numbers of the published implementation, and the tool that compares."""
import importlib.util
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
CASES = sorted(ROOT.glob('tests/data/golden/*.npz'))
# an output that the weight has a part in, by the kind of case
DISTURBED = {
    'pretrain_plain': ('student/blocks.0.attn.q_bias', 'student_image_pred'),
    'finetune_plain': ('model/blocks.1.norm2.weight', 'logits'),
}


@pytest.fixture(scope='module')
def tool():
    path = ROOT / 'tools' / 'analysis_tools' / 'check_parity.py'
    spec = importlib.util.spec_from_file_location('check_parity', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(tool, monkeypatch):
    """Call the tool as from the command line; its exit status."""

    def call(*arguments):
        monkeypatch.setattr(sys, 'argv',
                            ['check_parity.py', *map(str, arguments)])
        return tool.main()

    return call


def test_there_are_six_cases():
    assert len(CASES) == 6


@pytest.mark.parametrize('path', CASES, ids=lambda p: p.stem)
def test_case_agrees(run, path, capsys):
    assert run(path) == 0
    out = capsys.readouterr().out
    assert out.startswith(path.stem)
    rows = [line for line in out.splitlines() if line.endswith('  ok')]
    names = {row.split()[0] for row in rows}
    outputs = {'loss'
               } | ({'feature', 'logits'} if 'finetune' in path.stem else {
                   'loss_image', 'loss_video', 'image_teacher_features',
                   'video_teacher_features', 'student_image_pred',
                   'student_video_pred', 'grad_norm'
               })
    assert outputs <= names
    with np.load(path) as arrays:  # no gradient of the case is passed over
        assert {k for k in arrays.files if k.startswith('grad/')} <= names


@pytest.mark.parametrize('case', DISTURBED)
def test_a_disturbed_weight_is_found(run, golden_dir, tmp_path, capsys, case):
    weight, output = DISTURBED[case]
    with np.load(golden_dir / f'{case}.npz') as arrays:
        content = {k: arrays[k] for k in arrays.files}
    content[weight] = content[weight] + np.float16(0.05)
    np.savez(tmp_path / f'{case}.npz', **content)
    shutil.copy(golden_dir / f'{case}.json', tmp_path)
    assert run(tmp_path / f'{case}.npz') == 1
    failed = [
        line.split()[0] for line in capsys.readouterr().out.splitlines()
        if line.endswith('FAILED')
    ]
    assert output in failed
    assert not any('teacher' in name for name in failed)


def test_not_a_number_fails(run, golden_dir, tmp_path):
    with np.load(golden_dir / 'finetune_plain.npz') as arrays:
        content = {k: arrays[k] for k in arrays.files}
    content['model/fc_norm.bias'][0] = np.nan
    np.savez(tmp_path / 'nan.npz', **content)
    shutil.copy(golden_dir / 'finetune_plain.json', tmp_path / 'nan.json')
    assert run(tmp_path / 'nan.npz') == 1


def test_tolerance_can_be_set(run):
    path = str(CASES[0])
    assert run(path, '--tolerance', '0', '--gradient-tolerance', '0') == 1


def test_missing_options_are_named(run, golden_dir, tmp_path):
    shutil.copy(golden_dir / 'finetune_plain.npz', tmp_path)
    with pytest.raises(FileNotFoundError, match='finetune_plain.json'):
        run(tmp_path / 'finetune_plain.npz')


def test_missing_case_is_named(run, tmp_path):
    with pytest.raises(FileNotFoundError, match='none.npz'):
        run(tmp_path / 'none.npz')


def test_unknown_kind_is_refused(run, golden_dir, tmp_path):
    shutil.copy(golden_dir / 'finetune_plain.npz', tmp_path / 'a.npz')
    (tmp_path / 'a.json').write_text('{"kind": "detection"}')
    with pytest.raises(ValueError, match="a.json.*`kind`.*'detection'"):
        run(tmp_path / 'a.npz')
