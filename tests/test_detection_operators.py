"""Detection gives the same figures with and without compiled operators.

The suite runs in one of two ways: with mmcv-lite and the stand-in, or with a
compiled mmcv. Here the tests of detection run in both, each in a process of
its own. The compiled mmcv is the installed one, or the wheel that an earlier
``bash tools/setup_env.sh --with-ops`` left in the cache. Without either, only
the first way is run, and the reason is reported as skipped.
"""
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

TESTS = ('tests/test_detection_training.py', 'tests/models/roi_heads',
         'tests/utils/test_roi_align.py', 'tests/datasets/ava/test_persons.py')
LITE = 'stand-in'
COMPILED = 'compiled'


def cached_wheel(root):
    """The compiled wheel for this Python and torch, as setup_env.sh names it.

    Returns:
        Path, optional: None where there is none.
    """
    key = subprocess.run(
        [sys.executable,
         str(root / 'tools' / '_env_probe.py'), 'wheel-key'],
        capture_output=True,
        text=True,
        check=True).stdout.strip()
    home = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    for cache in (os.environ.get('MVD_MM_CACHE'), Path(home) / 'mvd_mm',
                  root / '.cache' / 'mvd_mm'):
        for wheel in Path(cache or os.devnull).glob(f'wheels/{key}/mmcv-*whl'):
            return wheel
    return None


@pytest.fixture(scope='module')
def environments(request, tmp_path_factory):
    """Environment variables of each way that is possible here."""
    root = request.config.rootpath
    ways = {LITE: {'MVD_MM_OPERATORS': LITE}}
    # asked of the folder: `mmcv._ext` itself may be the stand-in
    folder = Path(find_spec('mmcv').origin).parent
    if list(folder.glob('_ext*.so')):
        ways[COMPILED] = {'MVD_MM_OPERATORS': COMPILED}
    elif cached_wheel(root) is not None:
        unpacked = tmp_path_factory.mktemp('mmcv')
        with zipfile.ZipFile(cached_wheel(root)) as archive:
            archive.extractall(unpacked)
        ways[COMPILED] = {
            'MVD_MM_OPERATORS': COMPILED,
            'PYTHONPATH': str(unpacked)
        }
    return ways


@pytest.fixture(scope='module')
def run(request, environments, tmp_path_factory):
    """Run the tests of detection in one way, once; return their figures."""
    done = {}

    def run_once(way):
        if way not in environments:
            pytest.skip('no compiled mmcv, neither installed nor in the '
                        'cache: bash tools/setup_env.sh --with-ops compiles')
        if way not in done:
            report = tmp_path_factory.mktemp('report') / 'report.xml'
            environment = {**os.environ, **environments[way]}
            tests = subprocess.run([
                sys.executable, '-m', 'pytest', '-q', '--no-showlocals', '-p',
                'no:cacheprovider', f'--junitxml={report}', '-o',
                'junit_family=xunit1', *TESTS
            ],
                                   cwd=request.config.rootpath,
                                   env=environment,
                                   stdin=subprocess.DEVNULL,
                                   capture_output=True,
                                   text=True)
            assert tests.returncode == 0, tests.stdout[-4000:]
            suite = ElementTree.parse(report).getroot().find('testsuite')
            done[way] = dict(
                skipped=int(suite.get('skipped')),
                figures={
                    node.get('name'): float(node.get('value'))
                    for node in suite.iter('property')
                })
        return done[way]

    return run_once


@pytest.mark.slow
@pytest.mark.parametrize('way', [LITE, COMPILED])
def test_the_tests_of_detection_pass(run, way):
    found = run(way)
    assert 0 < found['figures']['mAP'] <= 1
    # with operators there is nothing to leave out
    assert way == LITE or found['skipped'] == 0


@pytest.mark.slow
def test_both_ways_reach_the_same_figures(run):
    lite, compiled = (run(way)['figures'] for way in (LITE, COMPILED))
    assert lite == pytest.approx(compiled, rel=0, abs=1e-6)
