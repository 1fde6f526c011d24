"""The command prints and writes the figures of a pre-training."""
import json
import math
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from mvd_mm.apis import format_table

pytest.importorskip('decord')
COMMAND = (
    Path(__file__).parents[2] / 'tools' / 'analysis_tools' /
    'evaluate_pretraining.py')
NETWORKS = {'random student', 'image teacher', 'video teacher', 'MVD student'}


@pytest.fixture
def call(monkeypatch):
    """Call the command in this process."""
    spec = spec_from_file_location(COMMAND.stem, COMMAND)
    command = module_from_spec(spec)
    spec.loader.exec_module(command)

    def run(*arguments):
        monkeypatch.setattr(sys, 'argv', [COMMAND.name, *map(str, arguments)])
        command.main()

    return run


def test_prints_and_writes_the_same_figures(call, pretraining_run, tmp_path,
                                            capsys):
    config, checkpoint, val = pretraining_run
    out = tmp_path / 'figures.json'
    call(config, checkpoint, '--val-ann-file', val, '--out', out)
    figures = json.loads(out.read_text())
    assert set(figures['probes']) == NETWORKS
    for row in figures['probes'].values():
        # of four clips
        assert {row['linear_probe'] % 25, row['knn'] % 25} == {0}
    shares = figures['predicted_variance']
    assert set(shares) == {'image', 'video'}
    assert all(math.isfinite(s) and s < 100 for s in shares.values())
    assert format_table(figures) in capsys.readouterr().out


def test_options_of_the_config_are_read(call, pretraining_run):
    config, checkpoint, val = pretraining_run
    with pytest.raises(FileNotFoundError, match='none.txt'):
        call(config, checkpoint, '--val-ann-file', val, '--cfg-options',
             'train_dataloader.dataset.ann_file=none.txt')


def test_variables_of_the_config_are_read(call, pretraining_run, tmp_path):
    config, checkpoint, val = pretraining_run
    leaf = tmp_path / 'leaf.py'
    leaf.write_text(f"_base_ = {str(config)!r}\nlisted = 'train.txt'\n"
                    'train_dataloader = dict(dataset=dict(ann_file=listed))\n')
    with pytest.raises(FileNotFoundError, match='none.txt'):
        call(leaf, checkpoint, '--val-ann-file', val, '--cfg-options',
             'listed=none.txt')
