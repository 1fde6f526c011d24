"""The command of the findings."""
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from demo.findings.__main__ import parse_args
from demo.findings.plan import STUDENTS

ROOT = Path(__file__).parents[3]


def test_help_names_every_student(capsys):
    with pytest.raises(SystemExit):
        parse_args(['--help'])
    text = capsys.readouterr().out
    assert all(name in text for name in STUDENTS)


@pytest.mark.parametrize('args', [['--only', 'clip'], ['--seeds', '-1']])
def test_what_does_not_exist_is_refused(capsys, args):
    with pytest.raises(SystemExit):
        parse_args(args)
    assert args[1] in capsys.readouterr().err


def test_defaults_are_three_seeds_and_every_student():
    options = parse_args([])
    assert options.seeds == [0, 1, 2] and options.only == list(STUDENTS)
    assert parse_args(['--only']).only == []


@pytest.mark.slow
def test_smoke_run_writes_the_table_and_goes_on(tmp_path):
    command = [
        sys.executable, '-m', 'demo.findings', '--smoke', '--only', 'both',
        '--seeds', '4', '--work-dir',
        str(tmp_path / 'runs')
    ]

    def call():
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={
                **os.environ, 'OMP_NUM_THREADS': '1'
            },
            capture_output=True,
            text=True,
            timeout=600)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    call()
    folder = tmp_path / 'runs'
    results, = json.loads((folder / 'findings_4.json').read_text()).values()
    assert set(results['probe']) == {
        'image_teacher', 'video_teacher', 'both', 'random'
    }
    assert set(results['finetune']) == {'both', 'random'}
    text = (folder / 'findings_4.md').read_text()
    assert '| MVD, both teachers | ' in text and 'nothing is learned' in text
    assert cv2.imread(str(folder / 'findings_4.png')).std() > 10
    # the second time nothing is left to do
    (folder / 'findings_4.json').unlink()
    again = call()
    assert again.count('finished before') == 7 and 'done in' not in again
    assert json.loads((folder / 'findings_4.json').read_text()) == {
        '4': results
    }
