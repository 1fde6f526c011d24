"""Commands that are called without what they need say what it is, and how."""
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SET = 'data/mine/annotations'


@pytest.mark.parametrize('tool, given, missing, example', [
    ('data/ava/validate.py', [], '--set --config --list', f'--set {SET}'),
    ('data/ava/prepare.py', [], '--annotations, --out',
     '--annotations DIR_OR_ZIP'),
    ('data/ava/build_annotations.py', [], '--videos, --train, --out',
     '--train boxes.csv'),
    ('data/ava/detect_persons.py', ['--set', SET],
     '--detector-config, --detector-checkpoint', '--split val'),
    ('visualizations/show_ava.py', [], '--set, --video, --out',
     '--video NAME --out NAME.mp4'),
    ('visualizations/draw_actions.py', [],
     'config, checkpoint, --video, --out', '--proposals persons.pkl'),
    ('visualizations/draw_actions.py', ['cfg.py', 'weights.pth'],
     '--video, --out', '--proposals persons.pkl'),
    ('data/build_annotations.py', [], '--videos, --out', '--videos DIR'),
    ('data/shrink_videos.py', [], '--videos, --out', '--short-side 256'),
    ('data/build_official.py', ['ucf101'], '--annotations, --videos, --out',
     'ucf101 --annotations DIR'),
    ('data/convert_list.py', [], 'LIST, --out', 'train.csv --out'),
    ('predict.py', [], 'config, checkpoint, VIDEO|DIR|LIST',
     'CHECKPOINT VIDEO'),
    ('extract_features.py', [], 'WEIGHTS|CONFIG, VIDEO|DIR|LIST, --out',
     '--out FILE.npz'),
    ('export.py', [], 'config, checkpoint, --out', '--out tuned.onnx'),
    ('visualizations/nearest_clips.py', [], 'FEATURES, --out',
     '--out FILE.png'),
    ('visualizations/show_pretraining.py', [], 'config, --out',
     '--out work_dirs/pictures'),
    ('visualizations/show_attention.py', [], 'WEIGHTS|CONFIG, video, --out',
     '--out FILE.mp4'),
    ('visualizations/show_samples.py', [], 'config, --out', '--out FILE.png'),
    ('visualizations/plot_curves.py', [], '[NAME=]WORK_DIR|CSV, --out',
     '--out FILE.png'),
    ('visualizations/plot_confusion.py', [], 'dump, --out', 'scores.pkl'),
])
def test_a_call_without_what_it_needs(tool, given, missing, example, capsys,
                                      monkeypatch):
    # commands find what lies beside them, as if they had been called
    monkeypatch.syspath_prepend(ROOT / 'tools')
    parse_args = runpy.run_path(str(ROOT / 'tools' / tool))['parse_args']
    with pytest.raises(SystemExit) as info:
        parse_args(given)
    assert info.value.code == 2
    text = capsys.readouterr().err
    usage, _, rest = text.partition('error: ')
    assert usage.startswith('usage: ')
    assert missing in rest.splitlines()[0]
    assert f'    python tools/{tool} ' in rest
    assert re.search(r'example:\n    python .*' + re.escape(example), rest,
                     re.DOTALL)
