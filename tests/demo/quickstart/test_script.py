"""tools/quickstart.sh: how it starts the quickstart."""
import os
import shutil
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / 'tools' / 'quickstart.sh'
# stands in for Python: prints what it is given
PYTHON = '''#!/bin/sh
printf '%s\\n' "$PWD" "$PYTHONPATH" "$@"
'''


def run(tmp_path, *options, path=None):
    """Lines that the stand-in prints, the set-up being one as well."""
    tools = tmp_path / 'a clone' / 'tools'
    tools.mkdir(parents=True)
    shutil.copy(SCRIPT, tools)
    python = tmp_path / 'python'
    python.write_text(PYTHON)
    python.chmod(0o755)
    (tools / 'setup_env.sh'
     ).write_text(f'export MVD_MM_PYTHON={python}\necho "env: $MVD_MM_ENV"\n')
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ('PYTHONPATH', 'MVD_MM_ENV')
    }
    if path is not None:
        env['PYTHONPATH'] = path
    done = subprocess.run(
        ['bash', str(tools / 'quickstart.sh'), *options],
        cwd=tmp_path,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True)
    return done.stdout.splitlines()


def test_runs_in_the_callers_folder_with_the_clone_on_the_path(tmp_path):
    lines = run(tmp_path, '--videos', 'my videos', '--use-active-env',
                '--seed', '1')
    assert lines == [
        'env: active',
        str(tmp_path),
        str(tmp_path / 'a clone'), '-m', 'demo.quickstart', '--videos',
        'my videos', '--seed', '1'
    ]


def test_keeps_the_callers_path_behind_the_clone(tmp_path):
    lines = run(tmp_path, path='/mine:/more')
    assert lines == [
        'env: ',
        str(tmp_path), f'{tmp_path / "a clone"}:/mine:/more', '-m',
        'demo.quickstart'
    ]


def test_help_lists_every_option_of_the_command(tmp_path):
    text = '\n'.join(run(tmp_path, '--help'))
    for option in ('--videos', '--mini', '--ablation', '--task', '--student',
                   '--smoke', '--seed', '--work-dir', '--resume',
                   '--use-active-env'):
        assert option in text
    assert 'tools=' not in text
