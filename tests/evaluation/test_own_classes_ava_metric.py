"""Groups of AVA's classes that a set does not have are not reported."""
import math
import warnings

import pytest
import torch
from mmaction.evaluation import AVAMetric

from mvd_mm.evaluation import OwnClassesAVAMetric

BOX = (.1, .1, .5, .5)


def evaluate(kind, folder, classes):
    """Of a person who does everything, found without fault."""
    (folder / 'ann.csv').write_text(''.join(
        f'v,0002,{",".join(map(str, BOX))},{label},0\n' for label in classes))
    (folder / 'no.csv').write_text('')
    (folder / 'labels.pbtxt').write_text(''.join(
        f'item {{\n  name: "action {i}"\n  id: {i}\n}}\n' for i in classes))
    scores = torch.zeros(1, 81)
    scores[0, list(classes)] = .9
    metric = kind(
        str(folder / 'ann.csv'), str(folder / 'no.csv'),
        str(folder / 'labels.pbtxt'))
    metric.process(None, [
        dict(
            video_id='v',
            timestamp=2,
            pred_instances=dict(bboxes=torch.tensor([BOX]), scores=scores))
    ])
    return metric.evaluate(1)


@pytest.mark.parametrize('classes, groups', [
    ((1, 2, 3), ['person_movement']),
    ((1, 2, 15), ['person_movement', 'object_manipulation']),
    ((15, 64), ['object_manipulation', 'person_interaction']),
    ((1, 15, 64),
     ['person_movement', 'object_manipulation', 'person_interaction']),
])
def test_only_groups_with_a_class(classes, groups, tmp_path, monkeypatch,
                                  capsys):
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter('error', RuntimeWarning)
        found = evaluate(OwnClassesAVAMetric, tmp_path, classes)
    text = capsys.readouterr().out
    assert found == {f'mAP/{name}': 1 for name in ('overall', *groups)}
    assert 'nan' not in text and 'Overall mAP: 1.0000' in text
    for name in groups:
        assert f"{name.replace('_', ' ').title()} mAP: 1.0000" in text


@pytest.mark.filterwarnings('ignore:Mean of empty slice:RuntimeWarning')
def test_the_rest_is_mmaction2s(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = evaluate(OwnClassesAVAMetric, tmp_path, (1, 2))
    host = evaluate(AVAMetric, tmp_path, (1, 2))
    assert {k: v for k, v in host.items() if not math.isnan(v)} == found
    assert math.isnan(host['mAP/object_manipulation'])
