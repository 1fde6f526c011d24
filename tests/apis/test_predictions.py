"""Tables of predictions."""
import csv
import json

import numpy as np
import pytest

from mvd_mm.apis.predictions import (Prediction, WindowScores, best_classes,
                                     write_predictions)

NAMES = ['pouring, tea', 'stirring', 'naïve']
SCORES = np.array([[.2, .5, .3], [.6, .1, .3]], dtype=np.float32)


@pytest.fixture
def predictions():
    windows = tuple(
        WindowScores(float(i), i + 1., row) for i, row in enumerate(SCORES))
    return [Prediction('a.mp4', windows), Prediction('b.mp4', (), 'it is cut')]


def test_best_classes():
    assert [c for c, _, _ in best_classes(SCORES[0], NAMES, 2)] == [1, 2]
    assert len(best_classes(SCORES[0], NAMES, 9)) == 3
    with pytest.raises(ValueError, match='`top_k`'):
        best_classes(SCORES[0], NAMES, 0)


def test_csv_has_a_line_for_each_class_of_each_window(predictions, tmp_path):
    path = tmp_path / 'new' / 'p.csv'
    write_predictions(predictions, NAMES, path, 2)
    with path.open(encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file))
    assert [(r['begin'], r['rank'], r['class'])
            for r in rows] == [('0.000', '1', 'stirring'),
                               ('0.000', '2', 'naïve'),
                               ('1.000', '1', 'pouring, tea'),
                               ('1.000', '2', 'naïve'), ('', '', '')]
    assert float(rows[0]['probability']) == pytest.approx(.5)
    assert rows[-1]['video'] == 'b.mp4' and rows[-1]['error'] == 'it is cut'


def test_json_has_the_mean_of_the_windows(predictions, tmp_path):
    write_predictions(predictions, NAMES, tmp_path / 'p.json', 1)
    first, second = json.loads((tmp_path / 'p.json').read_text('utf-8'))
    assert first['classes'] == [
        dict(label=0, probability=.4, **{'class': NAMES[0]})
    ]
    assert [w['classes'][0]['label'] for w in first['windows']] == [1, 0]
    assert second == dict(video='b.mp4', error='it is cut')


def test_other_tables_are_refused(predictions, tmp_path):
    with pytest.raises(ValueError, match='.csv or .json'):
        write_predictions(predictions, NAMES, tmp_path / 'p.xlsx', 1)
