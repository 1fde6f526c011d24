"""Whole runs in their shortest form, and what each of them leaves behind."""
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import cv2

ROOT = Path(__file__).parents[3]


def call(tmp_path, *arguments):
    """Run the quickstart as the shell script does, with its own cache."""
    return subprocess.run(
        [sys.executable, '-m', 'demo.quickstart', *map(str, arguments)],
        cwd=tmp_path,
        env={
            **os.environ, 'MVD_MM_CACHE': str(tmp_path / 'cache'),
            'OMP_NUM_THREADS': '1',
            'PYTHONPATH': str(ROOT)
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=500)


def check_report(folder, probes):
    """Check what every run leaves behind; returns the report's text."""
    results = json.loads((folder / 'results.json').read_text())
    assert set(results['probes']) == probes
    for row in results['probes'].values():
        assert set(row) == {'linear_probe', 'knn'}
        assert all(0 <= value <= 100 for value in row.values())
    shares = results['predicted_variance']
    assert set(shares) == {'image', 'video'}
    assert all(math.isfinite(s) and s <= 100 for s in shares.values())
    report = (folder / 'report.md').read_text()
    for name in ('loss_curves.png', 'predictions_0.png'):
        picture = cv2.imread(str(folder / name))
        assert picture is not None and picture.std() > 10, name
        assert f'({name})' in report
    for name, share in shares.items():
        assert f'| {name} | {share:.1f} % |' in report
    return report
