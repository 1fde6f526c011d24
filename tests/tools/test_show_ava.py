"""The command that draws the annotations of a video."""
import runpy
from pathlib import Path

import pytest

from mvd_mm.datasets.ava import build_annotations
from mvd_mm.datasets.video_files import probe

TOOL = Path(__file__).parents[2] / 'tools' / 'visualizations/show_ava.py'
main = runpy.run_path(str(TOOL))['main']


def test_draws_a_video_of_a_set(make_video, tmp_path, capsys):
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40)
        (tmp_path / f'{name}.csv').write_text('video,time,x1,y1,x2,y2,action\n'
                                              f'{name},1,0,0,16,16,walk\n')
    build_annotations(tmp_path / 'v', tmp_path / 'a.csv', tmp_path / 'set',
                      tmp_path / 'b.csv')
    out = tmp_path / 'o.mp4'
    options = ['--set', str(tmp_path / 'set'), '--out', str(out)]
    main([*options, '--video', 'b', '--split', 'val'])
    assert probe(out)[1] == 40
    assert capsys.readouterr().out == (
        f'40 frames, 11 of them with boxes, 1 key frames: {out}\n')
    with pytest.raises(SystemExit, match="error: `video` 'z'.*'a'"):
        main([*options, '--video', 'z'])


def test_other_folders_are_refused(tmp_path):
    with pytest.raises(SystemExit, match='error: `set`.*meta.json'):
        main(['--set', str(tmp_path), '--video', 'a', '--out', 'o.mp4'])
