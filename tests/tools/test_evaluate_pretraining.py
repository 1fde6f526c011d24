"""Figures of a pre-training, on models whose answer is known."""
import importlib
import json
import math
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config

from mvd_mm.models import MVD

pytest.importorskip('decord')
ROOT = Path(__file__).parents[2] / 'tools' / 'analysis_tools'


def load(name):
    """Import a script of the tool, which is no package."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(name)


tool = load('evaluate_pretraining')
NETWORKS = {'random student', 'image teacher', 'video teacher', 'MVD student'}


class TestPredictedVariance:

    def test_each_teacher_has_its_own_share_over_all_batches(self):
        targets = torch.randn(3, 2, 5, 4)

        def predict(target):
            mean = targets.mean((0, 1, 2)).expand_as(target)
            return dict(
                good=dict(pred=target, target=target),
                mean=dict(pred=mean, target=target))

        model = SimpleNamespace(
            branches=dict(good=None, mean=None),
            data_preprocessor=lambda batch: dict(inputs=batch),
            predict=predict)
        found = tool.predicted_variance(model, list(targets))
        assert found == dict(good=100, mean=pytest.approx(0, abs=1e-3))


class TestFormatTable:

    def test_a_row_per_network_and_per_teacher(self):
        table = tool.format_table(
            dict(
                probes=dict(a=dict(linear_probe=12.34, knn=56.78)),
                predicted_variance=dict(image=90.12, video=-3.)))
        lines = table.splitlines()
        assert '| a | 12.3 | 56.8 |' in lines
        assert '| image | 90.1 % |' in lines and '| video | -3.0 % |' in lines

    def test_without_probes_their_table_is_left_out(self):
        table = tool.format_table(
            dict(probes={}, predicted_variance=dict(image=1.)))
        assert 'probe' not in table and len(table.splitlines()) == 3


class TestEvaluate:

    @pytest.fixture
    def run(self, mvd_cfg, randomise, make_video, tmp_path):
        """Config, checkpoint and lists of a tiny pre-training."""
        lines = []
        for index in range(6):
            make_video(tmp_path / f'{index}.mp4', num_frames=3 + index)
            lines.append(f'{index}.mp4 {index % 2}\n')
        (tmp_path / 'train.txt').write_text(''.join(lines))
        (tmp_path / 'val.txt').write_text(''.join(lines[:4]))
        model = randomise(MVD(**mvd_cfg()))
        torch.save(
            dict(state_dict=model.state_dict()), tmp_path / 'student.pth')
        pipeline = [
            dict(type='DecordInit'),
            dict(
                type='SampleFrames', clip_len=4, frame_interval=1,
                num_clips=1),
            dict(type='DecordDecode'),
            dict(type='mvd_mm.TwoResolutionResize', scale=32),
            dict(type='mvd_mm.FormatViews', keys=('imgs', )),
            dict(
                type='mvd_mm.TubeMasking',
                grid_size=(2, 4, 4),
                mask_ratio=0.75),
            dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
        ]
        cfg = dict(
            model=dict(
                type='mvd_mm.MVD',
                data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'),
                **mvd_cfg()),
            train_dataloader=dict(
                batch_size=2,
                num_workers=1,
                sampler=dict(type='DefaultSampler', shuffle=True),
                collate_fn=dict(type='default_collate'),
                dataset=dict(
                    type='mvd_mm.CheckedVideoDataset',
                    ann_file=str(tmp_path / 'train.txt'),
                    data_prefix=dict(video=str(tmp_path)),
                    pipeline=pipeline)))
        path = tmp_path / 'config.py'
        Config(cfg).dump(str(path))
        return path, tmp_path / 'student.pth', tmp_path / 'val.txt'

    @staticmethod
    def call(monkeypatch, *arguments):
        monkeypatch.setattr(sys, 'argv',
                            ['evaluate_pretraining.py', *map(str, arguments)])
        tool.main()

    def test_command_line_prints_and_writes_the_same_figures(
            self, run, tmp_path, monkeypatch, capsys):
        config, checkpoint, val = run
        out = tmp_path / 'figures.json'
        self.call(monkeypatch, config, checkpoint, '--val-ann-file', val,
                  '--out', out)
        figures = json.loads(out.read_text())
        assert set(figures['probes']) == NETWORKS
        for row in figures['probes'].values():
            # of four clips
            assert {row['linear_probe'] % 25, row['knn'] % 25} == {0}
        shares = figures['predicted_variance']
        assert set(shares) == {'image', 'video'}
        assert all(math.isfinite(s) and s < 100 for s in shares.values())
        assert tool.format_table(figures) in capsys.readouterr().out

    def test_the_seed_decides_masks_and_the_random_student(self, run):
        config, checkpoint, val = run
        cfg = Config.fromfile(config)
        for branch in cfg.model.branches.values():
            teacher = MVD(
                **{
                    k: v
                    for k, v in cfg.model.items()
                    if k not in ('type', 'data_preprocessor')
                }
            ).branches  # any weights will do, if they are the same each time
            name = 'image' if branch.teacher.vit.embed_dims == 16 else 'video'
            path = config.parent / f'{name}.pth'
            torch.save(
                {
                    f'backbone.{k}': v
                    for k, v in teacher[name]
                    ['teacher'].vit.state_dict().items()
                }, path)
            branch.teacher.update(checkpoint=str(path), random_init=False)
        first, again, other = [
            tool.evaluate(cfg, str(checkpoint), str(val), seed)
            for seed in (0, 0, 1)
        ]
        assert first == again
        assert first['predicted_variance'] != other['predicted_variance']

    def test_probes_see_the_time_slices_of_every_network(
            self, run, monkeypatch):
        config, checkpoint, val = run
        widths = []

        def probe(train, held_out):
            widths.append(train[0].shape[1])
            assert train[0].shape[1] == held_out[0].shape[1]
            assert (len(train[1]), len(held_out[1])) == (6, 4)
            return 0.

        monkeypatch.setattr(tool, 'linear_probe', probe)
        monkeypatch.setattr(tool, 'knn_probe', probe)
        tool.evaluate(Config.fromfile(config), str(checkpoint), str(val))
        # two slices; random student, image and video teacher, student
        assert widths[::2] == widths[1::2] == [64, 32, 96, 64]

    def test_probes_are_left_out_on_request(self, run):
        config, checkpoint, val = run
        results = tool.evaluate(
            Config.fromfile(config),
            str(checkpoint),
            str(val),
            with_probes=False)
        assert results['probes'] == {}
        assert set(results['predicted_variance']) == {'image', 'video'}

    def test_a_missing_checkpoint_is_refused(self, run):
        config, _, val = run
        with pytest.raises(FileNotFoundError, match='none.pth'):
            tool.evaluate(Config.fromfile(config), 'none.pth', str(val))
