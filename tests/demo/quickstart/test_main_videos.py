"""Videos of a folder, with and without classes."""
import json
import shutil

import cv2
import numpy as np
import pytest

from tests.demo.quickstart.whole_runs import call, check_report


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
