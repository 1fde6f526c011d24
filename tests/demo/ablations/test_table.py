"""The ablations are trained from the right teachers, and tabled."""
import json
from pathlib import Path

import pytest

from demo.ablations import table
from demo.quickstart.data import Data


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """Record what would be trained."""
    made = []
    (tmp_path / 'train.txt').write_text('a.mp4 0\n')
    data = Data(tmp_path, tmp_path / 'train.txt', tmp_path / 'val.txt', 10, {})
    monkeypatch.setattr(table, 'render_motions', lambda smoke, mini: data)

    def train(stage, options, seed, clock):
        made.append((stage.work_dir.name, options, seed))
        return f'{stage.work_dir.name}.pth'

    def finetune(stage, student, options, seed, clock):
        made.append((stage.work_dir.name, student, seed))
        return dict(top1=10. + len(made), top5=50.)

    monkeypatch.setattr(table, 'train', train)
    monkeypatch.setattr(table, 'finetune', finetune)
    return made


def test_each_student_gets_its_teachers(calls, tmp_path):
    table.compare(['base', 'image-only', 'pixels'], False, 3, tmp_path)
    assert [call[0] for call in calls] == [
        'mae', 'videomae', 'base', 'finetune_base', 'image-only',
        'finetune_image-only', 'pixels', 'finetune_pixels', 'finetune_scratch'
    ]
    options = {name: what for name, what, _ in calls}
    image = 'model.branches.image.teacher.checkpoint'
    video = 'model.branches.video.teacher.checkpoint'
    assert options['base'][image] == 'mae.pth'
    assert options['base'][video] == 'videomae.pth'
    assert {image, video} & set(options['image-only']) == {image}
    assert not {image, video} & set(options['pixels'])
    assert options['finetune_base'] == 'base.pth'
    assert options['finetune_scratch'] is None
    assert {seed for *_, seed in calls} == {3}


def test_table_names_the_rows_and_their_distance(calls, tmp_path):
    text, path = table.compare(['base', 'loss-l1'], False, 0, tmp_path)
    assert path.read_text().endswith(f'{text}\n')
    assert text.splitlines()[2:] == [
        '| both teachers, as in the mini recipe | 14.0 | 50.0 |  |',
        '| L1 loss | 16.0 | 50.0 | +2.0 |',
        '| from scratch | 17.0 | 50.0 | +3.0 |',
    ]
    stored = json.loads(Path(tmp_path / 'ablations.json').read_text())
    assert stored['loss-l1'] == dict(top1=16., top5=50.)
