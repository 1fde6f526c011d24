"""The command that lists the videos of a folder."""
import runpy
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / 'tools' / 'data/build_annotations.py'
main = runpy.run_path(str(TOOL))['main']


def run(videos, out, *more):
    main(['--videos', str(videos), '--out', str(out), '--workers', '1', *more])


def test_lists_videos_and_says_so(make_video, tmp_path, capsys):
    for name in ('a/1', 'a/2', 'b/1', 'b/2'):
        make_video(tmp_path / 'v' / f'{name}.mp4')
    run(tmp_path / 'v', tmp_path / 'out', '--val-share', '.5')
    out = capsys.readouterr().out
    assert '4 videos, 0 skipped; 2 classes; 2 for training, 2 held' in out
    assert (tmp_path / 'out/classes.txt').read_text() == 'a\nb\n'
    (tmp_path / 'out/val.txt').write_text('mine 0\n')
    with pytest.raises(SystemExit, match='error: .*--overwrite'):
        run(tmp_path / 'v', tmp_path / 'out', '--val-share', '.5')
    run(tmp_path / 'v', tmp_path / 'out', '--val-share', '.5', '--overwrite')
    assert len((tmp_path / 'out/val.txt').read_text().splitlines()) == 2


def test_says_that_the_folder_is_missing(tmp_path):
    with pytest.raises(SystemExit, match='videos.*not a folder'):
        run(tmp_path / 'none', tmp_path)


def test_says_what_it_looked_for(tmp_path):
    with pytest.raises(SystemExit, match='.mp4 .avi .mkv'):
        run(tmp_path, tmp_path)


def test_says_that_all_are_unreadable(tmp_path):
    (tmp_path / 'a.avi').write_bytes(b'')
    with pytest.raises(SystemExit, match='none of the 1 videos.*a.avi'):
        run(tmp_path, tmp_path / 'out')
