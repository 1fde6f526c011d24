"""Options of the command that draws actions, and its exit status."""
import inspect
import runpy
from pathlib import Path

import numpy as np
import pytest

from mvd_mm.apis.action_detection import draw_actions
from mvd_mm.datasets.ava import formats

TOOL = Path(__file__).parents[2] / 'tools' / 'visualizations/draw_actions.py'
main = runpy.run_path(str(TOOL))['main']


def test_every_option_reaches_the_function(monkeypatch, capsys):
    given = {}
    monkeypatch.setitem(
        main.__globals__, 'draw_actions', lambda **options:
        (given.update(options), (40, 10, 3))[1])
    main([
        'cfg.py', 'weights.pth', '--video', 'a.mp4', '--out', 'o.mp4',
        '--proposals', 'p.pkl', '--most', '2', '--action-thr', '.1',
        '--cfg-options', 'model.x=1'
    ])
    assert set(given) == set(inspect.signature(draw_actions).parameters)
    assert given['most'] == 2 and given['action_thr'] == .1
    assert given['cfg_options'] == {'model.x': 1}
    assert capsys.readouterr().out == (
        '40 frames, 10 of them with persons, 3 key frames: o.mp4\n')


@pytest.mark.parametrize('more, words', [
    ((), 'either `proposals` or `detector_config`'),
    (('--detector-config', 'x.py'), '`detector_checkpoint`'),
    (('--proposals', 'p.pkl'), 'no key "a,SECOND"'),
    (('--video', 'none.mp4'), '`video`: there is no file none.mp4'),
])
def test_errors_end_it_with_their_message(tmp_path, make_video, monkeypatch,
                                          more, words):
    monkeypatch.chdir(tmp_path)
    make_video(tmp_path / 'a.mp4')
    formats.write_proposals(Path('p.pkl'), {'b,0001': np.ones((1, 5))})
    Path('cfg.py').write_text('')
    with pytest.raises(SystemExit, match=f'error: .*{words}'):
        main([
            'cfg.py', 'weights.pth', '--video', 'a.mp4', '--out', 'o.mp4',
            *more
        ])
