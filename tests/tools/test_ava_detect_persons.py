"""The command that finds persons at key frames."""
import runpy
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / 'tools' / 'data/ava/detect_persons.py'
main = runpy.run_path(str(TOOL))['main']
OPTIONS = [
    '--set', 'set', '--detector-config', 'c.py', '--detector-checkpoint',
    'c.pth'
]


def test_every_option_reaches_the_function(monkeypatch, capsys):
    given = []
    monkeypatch.setattr(
        main.__globals__['ava'], 'replace_proposals', lambda *values:
        (given.extend(values), (7, 3, Path('p.pkl')))[1])
    main([
        *OPTIONS, '--split', 'train', '--score-thr', '.2', '--category', '1',
        '--device', 'cuda:0', '--out', 'p.pkl'
    ])
    assert given == [
        Path('set'), 'train',
        Path('c.py'),
        Path('c.pth'), .2, 1, 'cuda:0',
        Path('p.pkl')
    ]
    assert capsys.readouterr().out == '7 boxes at 3 key frames: p.pkl\n'


def test_errors_end_it_with_their_message(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match='error: `detector_config`.*c.py'):
        main(OPTIONS)
    Path('c.py').write_text('')
    with pytest.raises(SystemExit, match='error: `detector_checkpoint`'):
        main(OPTIONS)
