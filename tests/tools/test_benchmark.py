"""The command: figures of several sizes, a file, a picture, a script."""
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = str(ROOT / 'configs/_base_/models/mvd_vit-micro-p8_teachers-micro.py')


@pytest.fixture
def run(monkeypatch):
    """Call the tool as from the command line."""
    path = ROOT / 'tools' / 'analysis_tools' / 'benchmark.py'
    spec = importlib.util.spec_from_file_location('benchmark', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def call(*arguments):
        monkeypatch.setattr(sys, 'argv', ['benchmark.py', *arguments])
        return module.main()

    return call


def test_several_batches_with_their_exponent(run, capsys, tmp_path):
    out, plot = tmp_path / 'all.json', tmp_path / 'all.png'
    run('pretrain', MODEL, '--batch', '1', '2', '--repeats', '1',
        '--product-size', '64', '--out', str(out), '--plot', str(plot))
    results = json.loads(out.read_text())
    assert [result['batch'] for result in results] == [1, 2]
    assert plot.read_bytes()[:4] == b'\x89PNG'
    assert 'exponent of the time over batch' in capsys.readouterr().out


def test_options_of_the_config_are_overridden(run, tmp_path):
    out = tmp_path / 'one.json'
    run('pretrain', MODEL, '--repeats', '1', '--product-size', '64', '--out',
        str(out), '--cfg-options', 'model.backbone.depth=1')
    result, = json.loads(out.read_text())
    assert 0 < result['gmacs_per_clip']['student'] < 0.03


@pytest.mark.parametrize('arguments', [
    ('data', MODEL),
    ('pretraining', MODEL),
    ('pretrain', MODEL, '--dtype', 'fp64'),
])
def test_what_is_missing_or_misspelt_is_refused(run, arguments, capsys):
    with pytest.raises(SystemExit) as error:
        run(*arguments)
    assert error.value.code == 2
    assert 'usage:' in capsys.readouterr().err


@pytest.mark.slow
def test_the_script_for_a_gpu_runs_at_micro_size(tmp_path):
    subprocess.run(
        ['bash',
         str(ROOT / 'benchmarks/gpu.sh'),
         str(tmp_path), '--micro'],
        check=True,
        env=dict(os.environ, PYTHON=sys.executable))
    names = {path.stem for path in tmp_path.glob('*.json')}
    assert names == {'pretrain', 'finetune', 'detect'}
