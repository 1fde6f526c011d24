"""Average precision: of each class, of the mean, of random scores."""
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config

pytest.importorskip('mmdet')
pytest.importorskip('mmcv.ops')
from demo.quickstart import detection_scores as scores  # noqa: E402

LABELS = ''.join(f'item {{\n  name: "{name}"\n  id: {i}\n}}\n'
                 for i, name in enumerate(('walk', 'sit', 'fly'), 1))
BOXES = np.array([[0., 0, .5, 1], [.5, 0, 1, 1]])


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
