"""A run as a small csv file is drawn like the run itself."""
import json

import numpy as np
import pytest
from matplotlib.image import imread

from mvd_mm.visualization import read_losses, read_metric
from mvd_mm.visualization.log_tables import save_log_table
from mvd_mm.visualization.run_curves import save_run_curves
from mvd_mm.visualization.run_logs import read_curves, read_values


def log(folder, stamp, steps, resumed=False):
    """Lines as MMEngine writes them: an iteration each, an epoch of ten."""
    vis = folder / stamp / 'vis_data'
    vis.mkdir(parents=True)
    lines = []
    for step in steps:
        lines.append(
            dict(
                base_lr=.1,
                lr=.01 * step,
                loss=1 / (3 * step),
                time=.5,
                memory=100,
                epoch=1,
                iter=step,
                step=step))
        if step % 10 == 0:
            lines.append({
                'acc/top1': step / 1000,
                'time': 1.,
                'step': step // 10
            })
    (vis / 'scalars.json').write_text(''.join(
        json.dumps(line) + '\n' for line in lines))
    (vis / 'config.py').write_text(f'resume = {resumed}\n')


@pytest.fixture
def run(tmp_path):
    """A run that was interrupted after iteration 25."""
    log(tmp_path / 'run', '20250101_000000', range(1, 26))
    log(tmp_path / 'run', '20250102_000000', range(21, 61), resumed=True)
    return str(tmp_path / 'run')


def test_curves_are_those_of_the_run(run, tmp_path):
    path = tmp_path / 'new' / 'run.csv'
    # 60 iterations of a loss and a rate, 6 epochs of an accuracy
    assert save_log_table(run, path) == 60 + 60 + 6
    for read in (read_losses, lambda r: read_values(r, lambda key: True),
                 lambda r: dict(acc=read_metric(r, 'acc/top1'))):
        whole, kept = read(run), read(str(path))
        for name, points in kept.items():
            assert [p[0] for p in points] == [p[0] for p in whole[name]]
            np.testing.assert_allclose(
                points, whole[name], rtol=1e-5, err_msg=name)
    # no times, which belong to a machine
    assert set(read_values(str(path), lambda key: True)) == {'loss', 'lr'}
    assert read_metric(str(path), 'none') == []
    save_run_curves(dict(run=run), tmp_path / 'a.png')
    save_run_curves(dict(run=str(path)), tmp_path / 'b.png')
    one, other = (imread(tmp_path / name) for name in ('a.png', 'b.png'))
    assert abs(one - other).mean() < 1e-4  # six digits


def test_few_points_are_spread_from_the_first_to_the_last(run, tmp_path):
    path = tmp_path / 'run.csv'
    assert save_log_table(run, path, most=5) == 15
    assert [step for step, _ in read_losses(str(path))['loss']
            ] == [1, 16, 31, 45, 60]
    assert [step for step, _ in read_metric(str(path), 'acc/top1')
            ] == [1, 2, 3, 5, 6]


def test_metrics_count_epochs(run):
    curves = read_curves(run)
    assert set(curves['iteration']) == {'loss', 'lr'}
    assert curves['epoch'] == {'acc/top1': [(i, i / 100) for i in range(1, 7)]}


def test_faults(run, tmp_path):
    with pytest.raises(ValueError, match='.csv'):
        save_log_table(run, tmp_path / 'run.txt')
    with pytest.raises(ValueError, match='`most`'):
        save_log_table(run, tmp_path / 'run.csv', most=1)
    with pytest.raises(FileNotFoundError, match='none.csv'):
        read_losses(str(tmp_path / 'none.csv'))
    for text in ('', 'a,b\n', 'curve,by,step,value\nloss,iteration,x,1\n'):
        (tmp_path / 'other.csv').write_text(text)
        with pytest.raises(ValueError, match='log_to_csv.py'):
            read_losses(str(tmp_path / 'other.csv'))
