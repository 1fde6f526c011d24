"""Detectors from the student and from scratch."""
import json
import math

import cv2
import pytest

from tests.demo.quickstart.whole_runs import call


@pytest.mark.slow
def test_smoke_run_compares_detectors_and_draws(tmp_path):
    pytest.importorskip('mmdet')
    pytest.importorskip('mmcv.ops')
    work_dir = tmp_path / 'work'
    done = call(tmp_path, '--task', 'detection', '--smoke', '--work-dir',
                work_dir)
    assert done.returncode == 0, done.stdout[-3000:]
    folder = work_dir / 'report'
    results = json.loads((folder / 'results.json').read_text())
    assert set(results) == {'chance', 'detection_mvd', 'detection_scratch'}
    for name in ('detection_mvd', 'detection_scratch'):
        # tools/test.py on the saved checkpoint says what the training said
        path, = (work_dir / name / 'test').glob('*/*.json')
        tested = json.loads(path.read_text())['mAP/overall']
        assert results[name]['mAP'] == tested
        line = [
            entry for entry in map(
                json.loads,
                next((work_dir / name).glob(
                    '2*/vis_data/scalars.json')).read_text().splitlines())
            if 'mAP/overall' in entry
        ][-1]
        assert line['mAP/overall'] == tested
        assert 'Traceback' not in (work_dir / name / 'train.log').read_text()
    assert all(
        math.isnan(value) or 0 <= value <= 1 for row in results.values()
        for value in row.values())
    text = (folder / 'report.md').read_text()
    assert f"{100 * results['chance']['mAP']:.1f} |" in text
    for name in ('actions.png', 'loss_curves.png'):
        assert cv2.imread(str(folder / name)).std() > 10 and name in text
    capture = cv2.VideoCapture(str(folder / 'actions.mp4'))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) % 30 == 0
    assert capture.read()[1].shape == (480, 1440, 3)
    assert str(folder / 'report.md') in done.stdout
    assert not list(tmp_path.glob('*.csv'))  # of the metric
