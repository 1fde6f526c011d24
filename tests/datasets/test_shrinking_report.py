"""Lines of a run, and their sum."""
import csv
from pathlib import Path

from mvd_mm.datasets.shrinking_report import ShrinkingReport
from mvd_mm.datasets.video_shrinking import Copy


def test_a_second_run_adds_lines(tmp_path, capsys):
    for name, psnr in (('a', 40.), ('b', 38.)):
        report = ShrinkingReport(tmp_path)
        report.add(
            Path(name), Path(f'{name}.mp4'),
            Copy(5, (64, 48), 2000000, 1000000, psnr))
        report.close()
    with (tmp_path / 'report.csv').open() as file:
        rows = list(csv.DictReader(file))
    assert [row['video'] for row in rows] == ['a', 'b']
    assert rows[1]['PSNR in dB'] == '38.00'
    out = capsys.readouterr().out
    assert '2.0 MB before, 1.0 MB after' in out and 'at least 38.0 dB' in out


def test_reasons_are_written_at_once(tmp_path):
    report = ShrinkingReport(tmp_path)
    for name in 'ab':
        report.add(Path(name), Path('x'), 'it is empty')
        lines = (tmp_path / 'skipped.txt').read_text().splitlines()
        assert lines == report.skipped
    assert report.skipped == ['a\tit is empty', 'b\tit is empty']
