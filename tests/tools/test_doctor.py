import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools._doctor import environments

DOCTOR = Path(__file__).parents[2] / 'tools' / 'doctor.py'


def run(*arguments):
    return subprocess.run(
        [sys.executable, str(DOCTOR), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300)


@pytest.fixture(scope='module')
def report():
    done = run('--json')
    return dict(json.loads(done.stdout), status=done.returncode, done=done)


def test_status_is_one_exactly_where_there_is_a_fault(report):
    faults = [c for c in report['checks'] if c['level'] == 'FAULT']
    assert report['status'] == int(bool(faults)), faults


def test_every_finding_is_complete(report):
    assert len(report['checks']) == 15
    for check in report['checks']:
        assert set(check) == {'topic', 'level', 'message', 'advice'}
        assert check['level'] in ('ok', 'note', 'FAULT')
        assert check['message']
        # whoever reads of a fault reads what to do
        assert check['advice'] or check['level'] != 'FAULT'


def test_this_environment_has_no_fault(report):
    levels = {c['topic']: c['level'] for c in report['checks']}
    assert 'FAULT' not in levels.values(), levels


def test_versions_name_every_host_package(report):
    assert {'python', 'torch', 'mmengine', 'mmaction2',
            'numpy'} <= set(report['versions'])


def test_prints_nothing_but_the_report(report):
    assert report['done'].stderr == ''


def test_refuses_an_unknown_option():
    assert run('--jsn').returncode == 2


def test_the_page_on_installation_has_the_same_environments():
    page = (DOCTOR.parents[1] / 'docs' / 'installation.md').read_text()
    start = page.index('| Python | NumPy |')
    table = page[start:page.index('\n\n', start)].splitlines()[2:]
    assert table == [
        f'| {" | ".join(row)} |' for row in environments.ENVIRONMENTS
    ]


@pytest.mark.parametrize('python, numpy, level, word', [
    ('3.11.7', '1.26.4', 'ok', 'every change'),
    ('3.13.1', '2.5.5', 'ok', 'by hand'),
    ('3.11.7', '2.0.1', 'note', 'not tested'),
    ('3.9.2', '', 'note', 'Python 3.9 with NumPy (none)'),
])
def test_an_environment_is_looked_up(monkeypatch, python, numpy, level, word):
    monkeypatch.setattr(environments.platform, 'python_version_tuple',
                        lambda: tuple(python.split('.')))
    monkeypatch.setattr(environments, 'installed', lambda name: numpy)
    found = environments.environment()
    assert found.level == level and word in found.message
