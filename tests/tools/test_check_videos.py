"""The command that checks the videos of a list."""
import runpy
from pathlib import Path

import pytest

from tests.datasets.broken_files import write

TOOL = Path(__file__).parents[2] / 'tools' / 'data' / 'check_videos.py'
main = runpy.run_path(str(TOOL))['main']


def test_says_how_many_are_of_each_kind(tmp_path, capsys):
    write(tmp_path / 'good.mp4', 12, g=12)
    (tmp_path / 'text.mp4').write_text('no video')
    (tmp_path / 'list.txt').write_text('good.mp4 0\ntext.mp4 1\n')
    main([
        str(tmp_path / 'list.txt'), '--prefix',
        str(tmp_path), '--out',
        str(tmp_path / 'out'), '--workers', '1'
    ])
    out = capsys.readouterr().out
    assert '1 good, 0 slow, 0 damaged, 1 broken' in out
    assert 'skip_list.txt' in out
    assert (tmp_path / 'out' /
            'skip_list.txt').read_text().startswith('text.mp4\t')


def test_a_bad_list_is_one_line(tmp_path):
    (tmp_path / 'list.txt').write_text('good.mp4 x\n')
    with pytest.raises(SystemExit, match='error: .*list.txt:1'):
        main([str(tmp_path / 'list.txt'), '--out', str(tmp_path)])
