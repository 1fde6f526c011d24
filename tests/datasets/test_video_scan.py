"""A scan goes on where it ended, whatever the decoder does."""
import csv
import os
import time

import pytest

from mvd_mm.datasets import video_scan
from mvd_mm.datasets.video_scan import Verdict, scan_list, scan_video
from tests.datasets.broken_files import write


@pytest.fixture
def folder(tmp_path):
    """Four videos of different kinds and their list."""
    write(tmp_path / 'good.mp4', 12, g=12)
    write(tmp_path / 'slow, really.avi', 12, bf=2)
    (tmp_path / 'text.mp4').write_text('no video')
    (tmp_path / 'list.txt').write_text('good.mp4\t0\nslow, really.avi\t1\n'
                                       'text.mp4\t0\nmissing.mp4\t1\n')
    return tmp_path


def scan(folder, **options):
    return scan_list(folder / 'list.txt', folder / 'out', str(folder),
                     **dict(dict(workers=2), **options))


def test_each_kind_has_its_verdict(folder):
    verdicts = scan(folder)
    assert {
        name: verdict.kind
        for name, verdict in verdicts.items()
    } == {
        'good.mp4': 'good',
        'slow, really.avi': 'slow',
        'text.mp4': 'broken',
        'missing.mp4': 'broken'
    }
    assert 'shrink_videos.py' in verdicts['slow, really.avi'].reason
    skipped = (folder / 'out' / 'skip_list.txt').read_text().splitlines()
    assert [line.split('\t')[0]
            for line in skipped] == ['text.mp4', 'missing.mp4']
    assert all('broken: ' in line for line in skipped)


def test_an_interrupted_scan_goes_on(folder, monkeypatch, capsys):
    first = scan(folder)
    report = folder / 'out' / 'report.csv'
    lines = report.read_text().splitlines(keepends=True)
    # killed while it wrote the third verdict
    report.write_text(''.join(lines[:3]) + lines[3][:6])
    seen = []

    def note(names, *args):
        seen.extend(names)
        return ((name, scan_video(str(folder / name))) for name in names)

    monkeypatch.setattr(video_scan, '_scan', note)
    assert scan(folder) == first
    assert seen == ['text.mp4', 'missing.mp4']
    with report.open(newline='') as file:
        assert len(list(csv.reader(file))) == 5
    assert '2 of 4 videos are in' in capsys.readouterr().out


def test_another_file_is_not_taken_for_a_report(folder):
    (folder / 'out').mkdir()
    (folder / 'out' / 'report.csv').write_text('a,b\n1,2\n')
    with pytest.raises(ValueError, match='report.csv is not a report'):
        scan(folder)


def _unreliable(path):
    if 'slow' in path:
        time.sleep(60)
    if 'text' in path:
        os._exit(1)
    return Verdict('good')


def test_a_file_that_hangs_or_kills_the_decoder_costs_its_time(
        folder, monkeypatch):
    monkeypatch.setattr(video_scan, 'scan_video', _unreliable)
    kinds = [verdict.kind for verdict in scan(folder, time_limit=3).values()]
    assert kinds == ['good', 'broken', 'broken', 'good']


def test_a_missing_list_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='none.txt'):
        scan_list(tmp_path / 'none.txt', tmp_path)
