"""Figures of a pre-training, on models whose answer is known."""
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config

from mvd_mm.apis import pretraining_evaluation as tool
from mvd_mm.models import MVD
from mvd_mm.registry import MODELS

pytest.importorskip('decord')


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

    def test_the_seed_decides_masks_and_the_random_student(
            self, pretraining_run):
        config, checkpoint, val = pretraining_run
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
            self, pretraining_run, monkeypatch):
        config, checkpoint, val = pretraining_run
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

    @pytest.mark.parametrize('kind', ['AMD', 'VideoMAE'])
    def test_other_pretrainings_have_their_networks_and_targets(
            self, kind, pretraining_run, amd_cfg, randomise):
        config, _, val = pretraining_run
        cfg = Config.fromfile(config)
        model = amd_cfg()
        if kind == 'VideoMAE':
            model = dict(
                {key: model[key]
                 for key in ('backbone', 'decoder', 'head')},
                type='mvd_mm.MaskedAutoencoder')
        model['data_preprocessor'] = cfg.model.data_preprocessor
        cfg.model = model
        steps = cfg.train_dataloader.dataset.pipeline
        steps[-2] = dict(
            type='mvd_mm.NestedTubeMasking',
            grid_size=(2, 4, 4),
            mask_ratio=0.75,
            teacher_mask_ratio=0.5)
        steps[-1].collect_keys = ('imgs', 'mask', 'teacher_mask')
        built = randomise(MODELS.build(cfg.model))
        path = config.parent / 'other.pth'
        torch.save(dict(state_dict=built.state_dict()), path)
        found = tool.evaluate(cfg, str(path), str(val))
        names = ['random student', 'teacher', 'AMD student']
        targets = [
            'pixels', 'direct_1', 'generation_1', 'direct_2', 'generation_2'
        ]
        if kind == 'VideoMAE':
            names, targets = ['random student',
                              'pre-trained encoder'], targets[:1]
        assert list(found['probes']) == names
        assert list(found['predicted_variance']) == targets
        table = tool.format_table(found)
        assert all(f'| {name} |' in table for name in names + targets)

    def test_probes_are_left_out_on_request(self, pretraining_run):
        config, checkpoint, val = pretraining_run
        results = tool.evaluate(
            Config.fromfile(config),
            str(checkpoint),
            str(val),
            with_probes=False)
        assert results['probes'] == {}
        assert set(results['predicted_variance']) == {'image', 'video'}

    def test_a_missing_checkpoint_is_refused(self, pretraining_run):
        config, _, val = pretraining_run
        with pytest.raises(FileNotFoundError, match='none.pth'):
            tool.evaluate(Config.fromfile(config), 'none.pth', str(val))
