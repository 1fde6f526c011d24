"""The rendered set, from the teachers to the report."""
import json

import pytest

from tests.demo.quickstart.whole_runs import call, check_report


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
