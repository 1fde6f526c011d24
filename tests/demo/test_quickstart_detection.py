"""The detection quickstart: its parts, and a whole run in short."""
import importlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config

pytest.importorskip('decord')
pytest.importorskip('mmdet')
pytest.importorskip('mmcv.ops')
ROOT = Path(__file__).parents[2]
TOOLS = ROOT / 'tools'


def load(name):
    """Import a script of the tool, which is no package."""
    for path in (TOOLS / 'analysis_tools', TOOLS):
        if str(path) not in sys.path:
            sys.path.insert(0, str(path))
    return importlib.import_module(name)


quickstart = load('quickstart')
detection = load('_quickstart.detection')
scores = load('_quickstart.detection_scores')
pictures = load('_quickstart.detection_pictures')
report = load('_quickstart.detection_report')
LABELS = ''.join(f'item {{\n  name: "{name}"\n  id: {i}\n}}\n'
                 for i, name in enumerate(('walk', 'sit', 'fly'), 1))
BOXES = np.array([[0., 0, .5, 1], [.5, 0, 1, 1]])


class TestFindStudent:

    @pytest.fixture
    def config(self, tmp_path):
        path = tmp_path / 'mvd_small.py'
        path.write_text('train_cfg = dict(max_epochs=15)\n')
        return path

    def run(self, runs, name, config='mvd_small.py', epoch=15, age=0):
        folder = runs / name / 'mvd'
        folder.mkdir(parents=True)
        (folder / config).write_text('')
        path = folder / f'epoch_{epoch}.pth'
        path.write_bytes(b'')
        os.utime(path, (10**9 - age, ) * 2)
        return path

    def test_the_newest_is_taken(self, config, tmp_path):
        self.run(tmp_path / 'runs', 'a', age=9)
        newest = self.run(tmp_path / 'runs', 'b', age=1)
        self.run(tmp_path / 'runs', 'c', age=5)
        assert detection.find_student(tmp_path / 'runs', config) == newest

    def test_smoke_runs_and_other_networks_are_not(self, config, tmp_path):
        self.run(tmp_path / 'runs', 'smoke', epoch=1)
        self.run(tmp_path / 'runs', 'unfinished', epoch=12)
        self.run(tmp_path / 'runs', 'mini', config='mvd_mini.py')
        assert detection.find_student(tmp_path / 'runs', config) is None

    def test_no_run_is_no_student(self, config, tmp_path):
        assert detection.find_student(tmp_path / 'none', config) is None


class TestPlan:

    def test_a_given_student_is_not_trained_again(self, tmp_path):
        assert list(detection.plan(
            tmp_path, False)) == ['detection_mvd', 'detection_scratch']

    def test_stages_are_numbered_and_have_a_folder_each(self, tmp_path):
        stages = detection.plan(tmp_path, True)
        assert list(stages) == [
            'mae', 'videomae', 'mvd', 'detection_mvd', 'detection_scratch'
        ]
        for number, (name, stage) in enumerate(stages.items(), 1):
            assert stage.title.startswith(f'{number}/5 ')
            assert stage.title.count('/') == 1
            assert stage.work_dir == tmp_path / name
            assert stage.config.is_file()

    def test_the_detectors_network_is_the_students(self, tmp_path):
        stages = detection.plan(tmp_path, True)
        student, detector = (
            Config.fromfile(stages[name].config).model.backbone
            for name in ('mvd', 'detection_mvd'))
        for key in ('patch_size', 'embed_dims', 'depth', 'num_heads',
                    'num_frames', 'img_size'):
            assert student[key] == detector[key], key
        assert stages['detection_scratch'].config == stages[
            'detection_mvd'].config


class TestPrecision:

    @pytest.fixture
    def cfg(self, tmp_path):
        """Twenty frames of two persons: one walks, the other sits."""
        lines = [
            f'v,{time:04d},{",".join(map(str, box))},{label},0'
            for time in range(20) for label, box in enumerate(BOXES, 1)
        ]
        (tmp_path / 'val.csv').write_text('\n'.join(lines) + '\n')
        (tmp_path / 'skip.csv').write_text('')
        (tmp_path / 'list.pbtxt').write_text(LABELS)
        return Config(
            dict(
                test_evaluator=dict(
                    type='AVAMetric',
                    ann_file=str(tmp_path / 'val.csv'),
                    exclude_file=str(tmp_path / 'skip.csv'),
                    label_file=str(tmp_path / 'list.pbtxt'),
                    num_classes=4)))

    def predictions(self, rows):
        """The same scores in each frame, columns 0 to 3."""
        return [
            dict(
                video_id='v',
                timestamp=time,
                pred_instances=dict(
                    bboxes=torch.from_numpy(BOXES).float(),
                    scores=torch.tensor(rows))) for time in range(20)
        ]

    @pytest.mark.parametrize(
        'rows, walk, sit',
        [
            ([[0., .9, .1, .1], [0., .1, .9, .1]], 1, 1),
            # walks: both persons score alike, so the order of boxes decides;
            # sits: the wrong one first
            ([[0., .9, .9, .1], [0., .1, .1, .1]], 1, .5)
        ])
    def test_is_that_of_each_class_and_their_mean(self, cfg, rows, walk, sit,
                                                  capsys):
        found = scores.average_precision(cfg, self.predictions(rows))
        assert found['walk'] == pytest.approx(walk, abs=1e-4)
        # 20 wrong ones, then 20 right ones: precision ends at one half
        assert found['sit'] == pytest.approx(sit, abs=1e-4)
        assert found['mAP'] == pytest.approx((walk + sit) / 2)
        assert capsys.readouterr() == ('', '')

    def test_nothing_is_left_where_it_runs(self, cfg, tmp_path, monkeypatch):
        (tmp_path / 'here').mkdir()
        monkeypatch.chdir(tmp_path / 'here')
        scores.average_precision(
            cfg, self.predictions([[0., .9, .1, .1], [0., .1, .9, .1]]))
        assert Path.cwd() == tmp_path / 'here'
        assert not list(Path.cwd().iterdir())

    def test_chance_is_the_share_of_persons_that_do_it(self, cfg):
        # whatever the predicted scores; each action is done by one of two
        perfect = self.predictions([[0., .9, .1, .1], [0., .1, .9, .1]])
        found = scores.chance_precision(cfg, perfect, 0, draws=4)
        assert set(found) == {'mAP', 'walk', 'sit'}  # nobody flies
        assert .4 < found['walk'] < .7 and .4 < found['sit'] < .7
        single = [
            scores.chance_precision(cfg, perfect, 0, draws=draws)['walk']
            for draws in (1, 2, 2)
        ]
        assert single[0] != single[1] == single[2]
        assert perfect[0]['pred_instances']['scores'][0, 1] == .9


def test_table_has_a_row_per_class_and_marks_what_is_missing():
    table = report.format_precisions(
        dict(
            detection_mvd=dict(mAP=.75, walk=.5),
            detection_scratch=dict(mAP=.5, walk=.25),
            chance=dict(mAP=.125)))
    assert table.splitlines() == [
        '| average precision, held-out clips | random scores | from scratch '
        '| from the MVD student |', '| --- | ---: | ---: | ---: |',
        '| **mean (mAP)** | 12.5 | 50.0 | 75.0 |',
        '| `walk` | - | 25.0 | 50.0 |'
    ]


class TestBadCalls:

    @pytest.mark.parametrize('options, message', [
        (['--student', 'none.pth'], '`--student` belongs to'),
        (['--task', 'detection', '--student', 'none.pth'], 'no file none.pth'),
        (['--task', 'detection', '--mini'], 'rendered set of its own'),
        (['--task', 'detection', '--videos', '.'], 'rendered set of its own'),
    ])
    def test_are_refused_before_anything_is_written(self, options, message,
                                                    tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, 'argv',
                            ['quickstart.py', *options, '--work-dir', 'work'])
        with pytest.raises((ValueError, FileNotFoundError), match=message):
            quickstart.main()
        assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_smoke_run_compares_detectors_and_draws(tmp_path):
    work_dir = tmp_path / 'work'
    done = subprocess.run(
        [
            sys.executable,
            str(TOOLS / 'quickstart.py'), '--task', 'detection', '--smoke',
            '--work-dir',
            str(work_dir)
        ],
        cwd=tmp_path,
        env={
            **os.environ, 'MVD_MM_CACHE': str(tmp_path / 'cache'),
            'OMP_NUM_THREADS': '1'
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=500)
    assert done.returncode == 0, done.stdout[-3000:]
    folder = work_dir / 'report'
    results = json.loads((folder / 'results.json').read_text())
    assert set(results) == {'chance', 'detection_mvd', 'detection_scratch'}
    for name in ('detection_mvd', 'detection_scratch'):
        # tools/test.py on the saved checkpoint says what the training said
        path, = (work_dir / name / 'test').glob('*/*.json')
        tested = json.loads(path.read_text())['mAP/overall']
        assert results[name]['mAP'] == tested
        line = [
            entry for entry in map(
                json.loads,
                next((work_dir / name).glob(
                    '2*/vis_data/scalars.json')).read_text().splitlines())
            if 'mAP/overall' in entry
        ][-1]
        assert line['mAP/overall'] == tested
        assert 'Traceback' not in (work_dir / name / 'train.log').read_text()
    assert all(
        math.isnan(value) or 0 <= value <= 1 for row in results.values()
        for value in row.values())
    text = (folder / 'report.md').read_text()
    assert f"{100 * results['chance']['mAP']:.1f} |" in text
    for name in ('actions.png', 'loss_curves.png'):
        assert cv2.imread(str(folder / name)).std() > 10 and name in text
    capture = cv2.VideoCapture(str(folder / 'actions.mp4'))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) % 30 == 0
    assert capture.read()[1].shape == (480, 1440, 3)
    assert str(folder / 'report.md') in done.stdout
    assert not list(tmp_path.glob('*.csv'))  # of the metric
