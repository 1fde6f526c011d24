"""The kNN probe through MMEngine's runner, on clips whose answer is known."""
from uuid import uuid4

import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.registry import DATASETS
from mmengine.runner import Runner
from torch.utils.data import Dataset

from mvd_mm.engine import KNNTestLoop
from mvd_mm.evaluation import neighbour_votes

CLASSES = 6


@DATASETS.register_module(name='ClipsOfKnownFeatures', force=True)
class Clips(Dataset):
    """Random clips (2 views, 3, 4, 32, 32) with labels."""
    metainfo = {}

    def __init__(self, number, seed, first_label=0):
        generator = torch.Generator().manual_seed(seed)
        self.cfg = dict(
            type='ClipsOfKnownFeatures',
            number=number,
            seed=seed,
            first_label=first_label)
        self.clips = torch.randint(
            256, (number, 2, 3, 4, 32, 32), generator=generator)
        self.labels = torch.randint(
            CLASSES, (number, ), generator=generator) + first_label

    def __len__(self):
        return len(self.clips)

    def __getitem__(self, index):
        sample = ActionDataSample().set_gt_label(int(self.labels[index]))
        return dict(inputs=self.clips[index], data_samples=sample)


def loader(dataset):
    return dict(
        batch_size=4,
        num_workers=0,
        dataset=dataset.cfg,
        sampler=dict(type='DefaultSampler', shuffle=False))


@pytest.fixture
def make_runner(tmp_path, vit_cfg):

    def make(bank, test, backbone=dict(return_feat_map=True), **loop):
        return Runner.from_cfg(
            Config(
                dict(
                    default_scope='mmaction',
                    experiment_name=uuid4().hex,
                    work_dir=str(tmp_path),
                    log_level='WARNING',
                    model=dict(
                        type='mvd_mm.FrozenRecognizer3D',
                        backbone=dict(
                            type='mvd_mm.MVDVisionTransformer',
                            use_mean_pooling=False,
                            **vit_cfg(**backbone)),
                        cls_head=dict(
                            type='FeatureHead', average_clips='score'),
                        data_preprocessor=dict(
                            type='ActionDataPreprocessor',
                            mean=[123.675, 116.28, 103.53],
                            std=[58.395, 57.12, 57.375],
                            format_shape='NCTHW')),
                    test_dataloader=loader(test),
                    test_evaluator=dict(type='AccMetric'),
                    test_cfg=dict(
                        type='mvd_mm.KNNTestLoop',
                        bank_dataloader=loader(bank),
                        **dict(dict(num_classes=CLASSES), **loop)))))

    return make


def features_of(runner, dataset):
    """Mean over tokens, normed, and over views; one clip at a time."""
    backbone = runner.model.backbone.eval()
    mean = torch.tensor([123.675, 116.28, 103.53]).view(3, 1, 1, 1)
    std = torch.tensor([58.395, 57.12, 57.375]).view(3, 1, 1, 1)
    rows = []
    with torch.no_grad():
        for clip in dataset.clips:
            tokens = backbone.norm(backbone.encode((clip - mean) / std))
            rows.append(tokens.mean((0, 1)))
    return torch.stack(rows)


@pytest.mark.parametrize('neighbours', [7, 30])
def test_accuracies_are_those_of_a_direct_computation(make_runner, neighbours):
    bank, test = Clips(30, seed=1), Clips(11, seed=2)
    runner = make_runner(bank, test, neighbours=neighbours, temperature=0.2)
    metrics = runner.test()
    scores = neighbour_votes(
        features_of(runner, test), features_of(runner, bank), bank.labels,
        CLASSES, neighbours, 0.2)
    order = scores.argsort(1, descending=True)
    top1 = (order[:, 0] == test.labels).float().mean().item()
    top5 = (order[:, :5] == test.labels[:, None]).any(1).float().mean().item()
    assert metrics['acc/top1'] == pytest.approx(top1, abs=1e-6)
    if neighbours == 7:  # classes without a vote tie: no order among them
        return
    assert metrics['acc/top5'] == pytest.approx(top5, abs=1e-6)


def test_clips_of_the_bank_find_themselves(make_runner):
    clips = Clips(12, seed=3)
    assert make_runner(
        clips, clips, neighbours=1).test()['acc/top1'] == pytest.approx(1)


def test_a_label_beyond_the_classes_is_named(make_runner):
    runner = make_runner(Clips(12, seed=1, first_label=3), Clips(2, seed=2))
    with pytest.raises(ValueError, match='`num_classes` is 6.*to 8'):
        runner.test()


def test_tokens_are_refused_with_the_way_out(make_runner):
    clips = Clips(4, seed=1)
    runner = make_runner(clips, clips, backbone=dict(return_feat_map=False))
    runner.model.cls_head = torch.nn.Identity()
    runner.model.cls_head.predict = lambda feats, samples: feats
    with pytest.raises(ValueError, match='FeatureHead.*return_feat_map'):
        runner.test()


@pytest.mark.parametrize('name, value', [('num_classes', 0), ('neighbours', 0),
                                         ('temperature', 0.)])
def test_rejects_bad_arguments(name, value):
    arguments = dict(num_classes=2, neighbours=1, temperature=1.)
    with pytest.raises(ValueError, match=f'`{name}`'):
        KNNTestLoop(None, None, None, None, **{**arguments, name: value})
