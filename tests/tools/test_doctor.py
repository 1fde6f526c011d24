import json
import subprocess
import sys
from pathlib import Path

import pytest

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
