"""Curves of several runs."""
import json

import cv2
import pytest

from mvd_mm.visualization.run_curves import save_run_curves
from mvd_mm.visualization.run_logs import read_values


def log(folder, losses, rates, scores):
    path = folder / '20260101_000000' / 'vis_data' / 'scalars.json'
    path.parent.mkdir(parents=True)
    rows = [
        dict(loss=loss, lr=rate, step=i + 1)
        for i, (loss, rate) in enumerate(zip(losses, rates))
    ]
    rows += [{'acc/top1': s, 'step': i + 1} for i, s in enumerate(scores)]
    path.write_text(''.join(json.dumps(row) + '\n' for row in rows))
    return str(folder)


def test_values_are_read_by_name(tmp_path):
    run = log(tmp_path / 'a', [3., 2.], [.1, .2], [.5])
    assert read_values(run, lambda key: key == 'lr') == {
        'lr': [(1, .1), (2, .2)]
    }


def test_each_run_has_a_curve_in_each_panel(tmp_path):
    runs = {
        'a': log(tmp_path / 'a', [3., 2., 1.], [.1, .2, .1], []),
        'b': log(tmp_path / 'b', [2., 2., 2.], [.2, .2, .2], [.5, .6])
    }
    save_run_curves(runs, tmp_path / 'new' / 'c.png')
    picture = cv2.imread(str(tmp_path / 'new' / 'c.png')).astype(int)
    third = picture.shape[1] // 3
    # matplotlib's first two colours, BGR
    for colour, panels in (((180, 119, 31), (0, 1)), ((14, 127, 255), (0, 1,
                                                                       2))):
        near = abs(picture - colour).max(2) < 10
        assert [
            k for k in range(3)
            if near[:, k * third:(k + 1) * third].sum() > 30
        ] == list(panels)
    with pytest.raises(ValueError, match='`runs` is empty'):
        save_run_curves({}, tmp_path / 'c.png')
    with pytest.raises(FileNotFoundError, match='scalars.json'):
        save_run_curves({'x': str(tmp_path / 'x')}, tmp_path / 'c.png')
