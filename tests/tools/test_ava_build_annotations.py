"""The command that makes AVA-style annotations of own videos."""
import runpy
from pathlib import Path

import pytest

from mvd_mm.datasets.ava import formats, splits_of_set, validate

TOOL = Path(__file__).parents[2] / 'tools' / 'data/ava/build_annotations.py'
main = runpy.run_path(str(TOOL))['main']


@pytest.fixture
def options(make_video, tmp_path):
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40)
        (tmp_path / f'{name}.csv').write_text('video,time,x1,y1,x2,y2,action\n'
                                              f'{name},1,0,0,.5,.5,walk\n')
    return [
        '--videos',
        str(tmp_path / 'v'), '--train',
        str(tmp_path / 'a.csv'), '--out',
        str(tmp_path / 'set')
    ]


def test_says_how_to_go_on(options, tmp_path, capsys):
    main([*options, '--val', str(tmp_path / 'b.csv'), '--boxes', 'relative'])
    out = capsys.readouterr().out
    assert out.startswith('1 classes; timestamps in seconds; wrote ')
    assert f'validate.py --set {tmp_path / "set"}\n' in out
    assert 'run detect_persons.py' in out  # the boxes are the annotated ones
    assert validate(splits_of_set(tmp_path / 'set')) == []
    assert formats.read_rows(tmp_path / 'set/val.csv')[0].video == 'b'


def test_errors_end_it_with_their_message(options, tmp_path):
    with pytest.raises(SystemExit, match='error: .*a.csv:2: .*relative'):
        main([*options, '--val', str(tmp_path / 'b.csv')])
    with pytest.raises(SystemExit, match='error: .*one video only'):
        main([*options, '--boxes', 'relative'])
