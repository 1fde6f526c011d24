import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / 'tools').rglob('*.sh')) + [ROOT / '.ci' / 'run']
NEEDED = {
    'dist_train.sh': 'CONFIG GPUS',
    'dist_test.sh': 'CONFIG CHECKPOINT GPUS',
    'slurm_train.sh': 'PARTITION JOB_NAME CONFIG',
    'slurm_test.sh': 'PARTITION JOB_NAME CONFIG CHECKPOINT',
}


def run(script, *arguments, **environment):
    return subprocess.run(
        ['bash', str(ROOT / 'tools' / script), *arguments],
        env={
            **os.environ, 'MVD_MM_PYTHON': sys.executable,
            **environment
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120)


@pytest.fixture
def fake_program(tmp_path):
    """A program that prints its arguments, standing in for a launcher."""

    def make(name):
        path = tmp_path / name
        path.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
        path.chmod(0o755)
        return path

    return make


@pytest.mark.parametrize('script', SCRIPTS, ids=lambda p: p.name)
def test_bash_can_parse(script):
    done = subprocess.run(['bash', '-n', str(script)],
                          capture_output=True,
                          text=True)
    assert (done.returncode, done.stderr) == (0, '')


@pytest.mark.parametrize('script, arguments', NEEDED.items())
def test_missing_arguments_are_answered_with_the_usage(script, arguments):
    done = run(script, 'one')
    assert done.returncode == 2
    assert f'{script} {arguments}' in done.stderr


@pytest.mark.parametrize('gpus', ['0', 'two', '-1'])
def test_gpus_must_be_a_positive_number(gpus):
    done = run('dist_train.sh', 'config.py', gpus)
    assert done.returncode == 2
    assert f"got '{gpus}'" in done.stderr


def test_dist_train_passes_machines_and_options_on(fake_program):
    done = run(
        'dist_train.sh',
        'my config.py',
        '4',
        '--cfg-options',
        'key="[(a,b)]"',
        MVD_MM_PYTHON=str(fake_program('python')),
        NNODES='2',
        NODE_RANK='1',
        MASTER_ADDR='host0',
        PORT='29501',
        OMP_NUM_THREADS='1')
    words = done.stdout.splitlines()
    for option, value in (('--nnodes', '2'), ('--node_rank',
                                              '1'), ('--master_addr', 'host0'),
                          ('--master_port', '29501'), ('--nproc_per_node',
                                                       '4')):
        assert words[words.index(option) + 1] == value
    assert words[-5:] == [
        'my config.py', '--launcher', 'pytorch', '--cfg-options',
        'key="[(a,b)]"'
    ]


def test_slurm_test_passes_resources_and_options_on(fake_program):
    folder = fake_program('srun').parent
    done = run(
        'slurm_test.sh',
        'video',
        'job',
        'config.py',
        'weights.pth',
        '--dump',
        'out.pkl',
        GPUS='16',
        SRUN_ARGS='--exclusive --mem=0',
        PATH=f'{folder}{os.pathsep}{os.environ["PATH"]}')
    words = done.stdout.splitlines()
    for word in ('--partition=video', '--job-name=job', '--ntasks=16',
                 '--exclusive', '--mem=0'):
        assert word in words
    assert words[-6:] == [
        'config.py', 'weights.pth', '--launcher', 'slurm', '--dump', 'out.pkl'
    ]


def test_slurm_scripts_say_where_srun_is_found(tmp_path):
    for name in ('bash', 'dirname', 'basename', 'cat'):
        found = subprocess.check_output(['which', name], text=True).strip()
        (tmp_path / name).symlink_to(found)
    done = run('slurm_train.sh', 'p', 'j', 'c.py', PATH=str(tmp_path))
    assert done.returncode == 127
    assert 'login node' in done.stderr


@pytest.mark.parametrize('script', ['setup_env.sh', 'run_tests.sh'])
def test_help_tells_the_options(script):
    done = run(script, '--help')
    assert done.returncode == 0
    for option in ('--use-active-env', '--with-ops'):
        assert option in done.stdout


def test_an_active_environment_is_not_guessed():
    done = run(
        'setup_env.sh',
        '--use-active-env',
        VIRTUAL_ENV='',
        CONDA_PREFIX='',
        PYTHON='')
    assert done.returncode != 0
    assert 'activate one' in done.stderr


@pytest.mark.parametrize('name, value', [('MVD_MM_MMCV', 'full2'),
                                         ('MVD_MM_WITH_OPS', 'yes'),
                                         ('MVD_MM_ENV', 'mine')])
def test_setup_refuses_an_unknown_choice(name, value):
    done = run('setup_env.sh', **{name: value})
    assert done.returncode != 0
    assert f"{name}='{value}'" in done.stderr


@pytest.mark.parametrize('arguments', [['--bogus'], ['--with-ops', '--bogus']])
def test_setup_refuses_an_unknown_option_before_it_starts(arguments):
    done = run('setup_env.sh', *arguments)
    assert done.returncode == 2
    assert "unknown argument '--bogus'" in done.stderr
    assert done.stdout == ''


@pytest.mark.parametrize('option', ['--bogus', '--smok', '--bogus=3'])
def test_quickstart_refuses_an_unknown_option_before_the_set_up(option):
    done = run('quickstart.sh', '--smoke', '--videos', 'folder', option)
    assert done.returncode == 2
    assert f"unknown option '{option}'" in done.stderr
    assert done.stdout == ''


class TestSetupOfMmcv:
    """What setup_env.sh does about mmcv, with a pip that only notes."""
    PROGRAM = """
        . {root}/tools/_setup_mmcv.sh
        log=/dev/null
        python={python}
        _mvd_die() {{ printf '%s ' die "$@"; return 1; }}
        _mvd_logged() {{ shift; printf '%s ' "$@"; echo; }}
        _mvd_pip() {{ shift; printf '%s ' pip "$@"; echo; }}
        _mvd_uninstall() {{ echo "uninstall $1"; }}
        _mvd_install_compiled_mmcv() {{ echo compile; }}
        _mvd_probe() {{ case " hosts {answers} " in *" $1 "*) ;; *) false;;
            esac }}
        _mvd_install_mmcv
    """

    def steps(self, answers, **environment):
        program = self.PROGRAM.format(
            root=ROOT, python=sys.executable, answers=answers)
        return subprocess.run(['bash', '-c', program],
                              env={
                                  **os.environ,
                                  **environment
                              },
                              capture_output=True,
                              text=True,
                              check=True).stdout

    def test_nothing_is_compiled_by_default(self):
        found = self.steps('')
        assert 'pip install --no-deps --no-compile mmcv-lite==2.1.0' in found
        assert 'uninstall mmcv\n' in found and 'compile\n' not in found

    def test_on_request_it_is(self):
        assert self.steps('no-ops', MVD_MM_WITH_OPS='1') == 'compile\n'

    @pytest.mark.parametrize('wanted', ['0', '1'])
    def test_compiled_operators_are_kept(self, wanted):
        found = self.steps('ops', MVD_MM_WITH_OPS=wanted)
        assert 'is kept' in found
        assert 'pip' not in found and 'compile\n' not in found

    def test_an_mmcv_without_operators_is_kept(self):
        found = self.steps('no-ops')
        assert 'is kept' in found and 'pip' not in found


@pytest.mark.parametrize('check', ['flake9', '--fixx'])
def test_lint_refuses_an_unknown_check(check):
    done = run('lint.sh', check)
    assert done.returncode == 2
    assert check in done.stderr
