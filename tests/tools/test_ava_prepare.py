"""The command that prepares the official files of AVA v2.2."""
import runpy
from pathlib import Path

import numpy as np
import pytest

from mvd_mm.datasets.ava import formats, official, preparation

TOOL = Path(__file__).parents[2] / 'tools' / 'data/ava/prepare.py'
main = runpy.run_path(str(TOOL))['main']


def test_reports_what_is_wrong(make_video, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(preparation, 'END', 904)  # 4 seconds for 15 minutes
    texts = tmp_path / 'ava_v2.2'
    texts.mkdir()
    for split, name in (('train', 'a'), ('val', 'b')):
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40)
        (texts / f'ava_{split}_v2.2.csv'
         ).write_text(f'{name},0902,0.1,0.1,0.5,0.5,2,0\n')
        (texts / f'ava_{split}_excluded_timestamps_v2.2.csv').write_text('')
        formats.write_proposals(
            tmp_path / official.PROPOSALS.format(split),
            {f'{name},0902': np.array([[.1, .1, .5, .5, .9]])})
    names = [f'class {k}' for k in range(1, 81)]
    formats.write_label_list(texts / official.LABELS, names)
    formats.write_label_list(texts / official.SCORED, names[:60])
    arguments = [
        '--annotations',
        str(texts), '--proposals',
        str(tmp_path), '--videos',
        str(tmp_path / 'v'), '--out',
        str(tmp_path / 'out')
    ]
    main(arguments)
    assert '80 classes' in capsys.readouterr().out
    (tmp_path / 'v/a.mp4').unlink()
    with pytest.raises(SystemExit) as error:
        main(arguments)
    assert error.value.code == 1
    assert 'ava_train_v2.2.csv:1: video-missing' in capsys.readouterr().out


def test_errors_end_it_with_their_message():
    with pytest.raises(SystemExit, match='error: .*`videos` or `frames`'):
        main(['--annotations', 'a', '--proposals', 'p', '--out', 'o'])


def test_person_boxes_take_the_place_of_mmaction2s(make_video, tmp_path,
                                                   monkeypatch, capsys):
    monkeypatch.setattr(preparation, 'END', 904)
    texts = tmp_path / 'ava_v2.2'
    texts.mkdir()
    for split, name in (('train', 'a'), ('val', 'b')):
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40)
        (texts / f'ava_{split}_v2.2.csv'
         ).write_text(f'{name},0902,0.1,0.1,0.5,0.5,2,0\n')
        (texts / f'ava_{split}_excluded_timestamps_v2.2.csv').write_text('')
    for name in (official.LABELS, official.SCORED):
        formats.write_label_list(texts / name, ['stand', 'walk'])
    (tmp_path / 'persons.json').write_text(
        '[{"image_id": "b,0902", "bbox": [32, 18, 130, 72], "score": 0.9}]')
    arguments = [
        '--annotations',
        str(texts), '--videos',
        str(tmp_path / 'v'), '--out',
        str(tmp_path / 'out'), '--person-boxes',
        str(tmp_path / 'persons.json')
    ]
    main([*arguments, '--proposal-size', '320', '180'])
    assert '2 classes' in capsys.readouterr().out
    with pytest.raises(SystemExit):  # pixels of another size
        main(arguments)
    assert ':0: proposal-file: ' in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*arguments, '--proposal-size', '1', '2', '3'])
    assert 'one or two numbers' in capsys.readouterr().err


def test_some_persons_are_needed():
    with pytest.raises(SystemExit, match='error: give `person_boxes`'):
        main(['--annotations', 'a', '--out', 'o', '--videos', 'v'])
