"""The command of the ablations."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.ablations.__main__ import make_work_dir, parse_args
from demo.ablations.plan import ROWS

ROOT = Path(__file__).parents[3]


def test_help_names_every_row(capsys):
    with pytest.raises(SystemExit):
        parse_args(['--help'])
    text = capsys.readouterr().out
    for name, row in ROWS.items():
        assert f'{name} ' in text and row.title in text


def test_an_unknown_row_is_refused(capsys):
    with pytest.raises(SystemExit):
        parse_args(['--only', 'loss-l3'])
    assert 'loss-l3' in capsys.readouterr().err


class TestFolder:

    def make(self, tmp_path, *args):
        return make_work_dir(
            parse_args(['--work-dir',
                        str(tmp_path / 'runs'), *args]))

    def test_is_found_again(self, tmp_path):
        first = self.make(tmp_path, '--seed', '3')
        assert self.make(tmp_path, '--seed', '3') == first
        assert json.loads((first / 'options.json').read_text())['seed'] == 3

    @pytest.mark.parametrize('other', [['--seed', '4'], ['--smoke']])
    def test_of_other_options_is_refused(self, tmp_path, other):
        self.make(tmp_path)
        with pytest.raises(ValueError, match='holds runs of.*another folder'):
            self.make(tmp_path, *other)

    def test_with_other_files_is_refused(self, tmp_path):
        (tmp_path / 'runs').mkdir()
        (tmp_path / 'runs' / 'mine.txt').touch()
        with pytest.raises(ValueError, match='not empty'):
            self.make(tmp_path)


@pytest.mark.slow
def test_smoke_run_writes_the_table_and_goes_on(tmp_path):
    command = [
        sys.executable, '-m', 'demo.ablations', '--smoke', '--only', 'pixels',
        '--work-dir',
        str(tmp_path / 'runs')
    ]
    for _ in range(2):  # the second time nothing is left to do
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={
                **os.environ, 'MVD_MM_CACHE': str(tmp_path / 'cache'),
                'OMP_NUM_THREADS': '1'
            },
            capture_output=True,
            text=True,
            timeout=600)
        assert done.returncode == 0, done.stderr[-2000:]
    assert 'finished before' in done.stdout and 'done in' not in done.stdout
    text = (tmp_path / 'runs' / 'ablations.md').read_text()
    for title in ('both teachers', 'pixels (VideoMAE)', 'from scratch'):
        assert f'| {title}' in text
