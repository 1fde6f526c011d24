"""Whole runs in their shortest form."""
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

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


@pytest.mark.slow
def test_smoke_run_leaves_a_report(tmp_path):
    work_dir = tmp_path / 'work'
    done = call(tmp_path, '--smoke', '--work-dir', work_dir)
    assert done.returncode == 0, done.stdout[-3000:]
    report = check_report(
        work_dir / 'report',
        {'random student', 'image teacher', 'video teacher', 'MVD student'})
    assert 'Chance: ' in report and '| MVD student |' in report
    assert str(work_dir / 'report' / 'report.md') in done.stdout
    results = json.loads((work_dir / 'report' / 'results.json').read_text())
    assert list(results['finetuned']) == ['from scratch', 'after MVD']
    for name, row in results['finetuned'].items():
        assert 0 <= row['top1'] <= row['top5'] <= 100
        assert f"| {name} | {row['top1']:.1f} | {row['top5']:.1f} |" in report
    for name in ('mae', 'videomae', 'mvd', 'finetune_scratch', 'finetune_mvd'):
        log = (work_dir / name / 'train.log').read_text()
        assert 'Traceback' not in log
        assert (work_dir / name / 'epoch_1.pth').is_file()


@pytest.mark.slow
def test_smoke_run_on_a_folder_of_videos(tmp_path):
    videos = tmp_path / 'my videos'
    videos.mkdir()
    for index in range(3):
        writer = cv2.VideoWriter(
            str(videos / f'clip {index}.mp4'), cv2.VideoWriter_fourcc(*'mp4v'),
            10, (160, 128))
        for time in range(20):
            frame = np.full((128, 160, 3), 60 * index, dtype=np.uint8)
            x = 4 * time + 10 * index
            frame[40:80, x:x + 40] = (0, 200, 255)
            writer.write(frame)
        writer.release()
    work_dir = tmp_path / 'work'
    done = call(tmp_path, '--smoke', '--videos', videos, '--work-dir',
                work_dir)
    assert done.returncode == 0, done.stdout[-3000:]
    report = check_report(work_dir / 'report', set())
    assert 'No probes' in report and 'my videos' in report
    assert len(list((work_dir / 'videos').glob('*.mp4'))) == 3
    assert len(list(videos.iterdir())) == 3
    assert not (tmp_path / 'cache').exists()  # nothing was rendered


def write_moves(folder, number):
    """Write videos of a square that moves to the left or to the right."""
    for name in ('left', 'right'):
        (folder / name).mkdir(parents=True)
        for index in range(number):
            writer = cv2.VideoWriter(
                str(folder / name / f'clip {index}.mp4'),
                cv2.VideoWriter_fourcc(*'mp4v'), 10, (160, 128))
            for time in range(20):
                frame = np.full((128, 160, 3), 30 * index, dtype=np.uint8)
                x = 4 * (time if name == 'right' else 19 - time)
                frame[40:80, x:x + 40] = (0, 200, 255)
                writer.write(frame)
            writer.release()


@pytest.mark.slow
def test_smoke_run_on_classes_of_videos_fine_tunes_and_goes_on(tmp_path):
    videos, work_dir = tmp_path / 'my videos', tmp_path / 'work'
    write_moves(videos, 4)
    done = call(tmp_path, '--smoke', '--videos', videos, '--work-dir',
                work_dir)
    assert done.returncode == 0, done.stdout[-3000:]
    picture = work_dir / 'early_picture.png'
    assert str(picture) in done.stdout
    assert cv2.imread(str(picture)).std() > 10
    report = check_report(
        work_dir / 'report',
        {'random student', 'image teacher', 'video teacher', 'MVD student'})
    assert '| fine-tuned on 6 clips, tested on 2, held-out' in report
    results = json.loads((work_dir / 'report' / 'results.json').read_text())
    assert set(results['change_correlation']) == {'image', 'video'}
    assert list(results['finetuned']) == ['from scratch', 'after MVD']
    assert all(set(row) == {'top1'} for row in results['finetuned'].values())

    # as if it had been interrupted in the last training
    shutil.rmtree(work_dir / 'report')
    shutil.rmtree(work_dir / 'finetune_mvd' / 'test')
    (work_dir / 'finetune_mvd' / 'finished').unlink()
    done = call(tmp_path, '--resume', '--work-dir', work_dir)
    assert done.returncode == 0, done.stdout[-3000:]
    assert done.stdout.count('finished before') == 4
    again = json.loads((work_dir / 'report' / 'results.json').read_text())
    assert again['finetuned'] == results['finetuned']


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
