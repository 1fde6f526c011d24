"""A few iterations of the whole chain: video files to updated weights."""
import warnings
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

import mvd_mm
from mvd_mm.registry import MODELS

pytest.importorskip('decord')
FULL = dict(type='OptimWrapper')
HALF = dict(type='mvd_mm.AutocastOptimWrapper', dtype='bfloat16')
BLOCKS = [f'backbone.blocks.{i}' for i in range(2)] + [
    f'branches.{name}.decoder.blocks.0' for name in ('image', 'video')
]


class Record(Hook):
    """Losses and one weight of the student after each iteration."""

    def __init__(self):
        self.losses, self.weights = [], []

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        self.losses.append({k: v.item() for k, v in outputs.items()})
        weight = runner.model.backbone.blocks[0].attn.qkv.weight
        self.weights.append(weight.detach().clone())


class KeepGradients(Hook):
    """Gradients of the last iteration, before the optimiser clears them."""

    def __init__(self):
        self.grads = {}

    def before_train(self, runner):

        def keep(name):
            return lambda grad: self.grads.update({name: grad.clone()})

        for name, param in runner.model.named_parameters():
            if param.requires_grad:
                param.register_hook(keep(name))


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    """Six videos of a square that moves, and their list."""
    root = tmp_path_factory.mktemp('videos')
    for index in range(6):
        writer = cv2.VideoWriter(
            str(root / f'{index}.mp4'), cv2.VideoWriter_fourcc(*'mp4v'), 10,
            (40, 32))
        for time in range(6):
            frame = np.full((32, 40, 3), 20 * index, dtype=np.uint8)
            x = 4 * time + index
            frame[8:20, x:x + 12] = (250 - 30 * index, 90, 40 * time)
            writer.write(frame)
        writer.release()
    (root / 'train.txt').write_text(''.join(f'{index}.mp4 0\n'
                                            for index in range(6)))
    return root


@pytest.fixture
def train(videos, mvd_cfg, tmp_path):
    """Train three iterations; returns the runner and its recorder."""

    def run(optim_wrapper, hooks=(), drop_path_rate=0., model=None, **more):
        model = model or mvd_cfg()
        model['backbone']['drop_path_rate'] = drop_path_rate
        pipeline = [
            dict(type='mvd_mm.InMemoryDecordInit'),
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
            default_scope='mmaction',
            experiment_name=uuid4().hex,  # MMEngine keeps runs by name
            work_dir=str(tmp_path),
            log_level='WARNING',
            model=dict(
                type='mvd_mm.MVD',
                data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'),
                **model),
            train_dataloader=dict(
                batch_size=2,
                num_workers=0,
                sampler=dict(type='DefaultSampler', shuffle=True),
                collate_fn=dict(type='default_collate'),
                dataset=dict(
                    type='mvd_mm.CheckedVideoDataset',
                    ann_file=str(videos / 'train.txt'),
                    data_prefix=dict(video=str(videos)),
                    pipeline=pipeline)),
            train_cfg=dict(by_epoch=True, max_epochs=1),
            optim_wrapper=dict(
                optimizer=dict(type='SGD', lr=0.05), **optim_wrapper),
            randomness=dict(seed=0))
        record = Record()
        runner = Runner.from_cfg(Config(dict(cfg, **more)))
        for hook in (record, *hooks):
            runner.register_hook(hook)
        runner.train()
        return runner, record

    with DefaultScope.overwrite_default_scope('mmaction'):
        yield run


@pytest.mark.parametrize('wrapper', [
    FULL, HALF,
    dict(FULL, accumulative_counts=2),
    dict(HALF, accumulative_counts=2)
])
def test_losses_are_finite_and_the_student_moves(train, wrapper):
    runner, record = train(wrapper)
    assert len(record.losses) == 3
    for losses in record.losses:
        assert set(losses) == {'loss', 'loss_image', 'loss_video'}
        assert all(0 < value < 100 for value in losses.values())
        assert losses['loss'] == pytest.approx(losses['loss_image'] +
                                               losses['loss_video'])
    assert (record.weights[0] != record.weights[-1]).any()


def test_bfloat16_agrees_with_float32_within_two_percent(train):
    _, full = train(FULL)
    _, half = train(HALF)
    for ours, theirs in zip(half.losses, full.losses):
        for name, value in theirs.items():
            assert ours[name] == pytest.approx(value, rel=0.02)
    assert half.losses != full.losses  # something was cast


def test_a_run_is_reproduced_by_its_seed(train):
    _, first = train(FULL)
    torch.manual_seed(9)
    _, again = train(FULL)
    _, other = train(FULL, randomness=dict(seed=1))
    assert first.losses == again.losses
    assert first.losses != other.losses


def test_accumulating_two_batches_steps_every_second_time_and_at_the_end(
        train):
    runner, record = train(dict(FULL, accumulative_counts=2))
    first, second, third = record.weights
    _, plain = train(FULL)
    # the first two iterations see the same weights, the run without
    # accumulation has moved after the first
    assert record.losses[0] == plain.losses[0]
    assert (first != plain.weights[0]).any()
    assert (second != first).any() and (third != second).any()


def test_teachers_do_not_move_and_are_saved_if_random(train, tmp_path):
    start = {}

    class KeepWeights(Hook):

        def before_train(self, runner):
            for name, param in runner.model.named_parameters():
                start[name] = param.detach().clone()

    runner, _ = train(FULL, hooks=[KeepWeights()])
    for name, param in runner.model.named_parameters():
        moved = bool((param != start[name]).any())
        if '.teacher.' in name:
            assert not moved and not param.requires_grad, name
        elif name.endswith('qkv.weight'):
            assert moved, name
    saved = torch.load(tmp_path / 'epoch_1.pth', weights_only=True)
    assert len(start) > 50 and set(start) <= set(saved['state_dict'])
    teachers = [k for k in start if '.teacher.' in k]
    assert teachers and all(
        torch.equal(saved['state_dict'][k], start[k]) for k in teachers)


def test_teachers_are_read_from_their_files_when_a_run_resumes(
        train, mvd_cfg, tmp_path, randomise):
    model = mvd_cfg()
    for name, branch in model['branches'].items():
        vit = randomise(MODELS.build(branch['teacher'])).vit
        path = tmp_path / f'{name}.pth'
        torch.save({
            f'backbone.{k}': v
            for k, v in vit.state_dict().items()
        }, path)
        branch['teacher'].update(checkpoint=str(path), random_init=False)
    first, _ = train(FULL, model=model)
    kept = {k: v.clone() for k, v in first.model.named_parameters()}
    saved = torch.load(tmp_path / 'epoch_1.pth', weights_only=True)
    assert not [k for k in saved['state_dict'] if '.teacher.' in k]
    runner, record = train(
        FULL,
        model=model,
        resume=True,
        randomness=dict(seed=5),
        train_cfg=dict(by_epoch=True, max_epochs=2))
    assert runner.iter == 6 and len(record.losses) == 3
    moved = [
        name for name, param in runner.model.named_parameters()
        if (param != kept[name]).any()
    ]
    assert moved and not [name for name in moved if '.teacher.' in name]
    # the student went on from where it was: SGD takes small steps
    name = 'backbone.blocks.0.attn.qkv.weight'
    gap = (dict(runner.model.named_parameters())[name] - kept[name]).abs()
    assert gap.max() < 0.1 * kept[name].abs().max()


class TestActivationCheckpointing:

    @pytest.fixture
    def calls(self, monkeypatch):
        """How often the student's attention was computed."""
        from mvd_mm.models.layers import FusedAttention
        count, attend = [], FusedAttention.attend

        def counted(module, *args):
            if any(p.requires_grad for p in module.parameters()):
                count.append(module)
            return attend(module, *args)

        monkeypatch.setattr(FusedAttention, 'attend', counted)
        return count

    @pytest.mark.parametrize('wrapper', [FULL, HALF])
    @pytest.mark.parametrize('drop_path_rate', [0., 0.5])
    def test_gradients_and_losses_are_the_same(self, train, calls, wrapper,
                                               drop_path_rate):
        runs = []
        for modules in (None, BLOCKS):
            calls.clear()
            keep = KeepGradients()
            _, record = train(
                wrapper,
                hooks=[keep],
                drop_path_rate=drop_path_rate,
                activation_checkpointing=modules)
            runs.append((record.losses, keep.grads, len(calls)))
        (losses, grads, once), (losses2, grads2, twice) = runs
        assert (once, twice) == (3 * 4, 2 * 3 * 4)  # computed again
        assert losses == losses2
        assert set(grads) == set(grads2) and len(grads) > 30
        for name, grad in grads.items():
            torch.testing.assert_close(
                grads2[name], grad, rtol=0, atol=0, msg=name)
        assert any(grad.abs().max() > 1e-4 for grad in grads.values())


@pytest.mark.parametrize('wrapper', [FULL, dict(HALF, accumulative_counts=2)])
def test_no_module_of_ours_and_no_checkpointing_warns(train, wrapper):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        train(wrapper, activation_checkpointing=BLOCKS)
        warnings.warn('one that is caught')
    package = str(Path(mvd_mm.__file__).parent)
    ours = [
        str(w.message) for w in caught
        if w.filename.startswith(package) or 'checkpoint' in w.filename
        or 'use_reentrant' in str(w.message) or 'autocast' in str(w.message)
    ]
    assert ours == [] and 'one that is caught' in str(caught[-1].message)


def test_the_log_holds_no_warning_of_frozen_teachers(train, tmp_path):
    train(FULL)
    log, = tmp_path.glob('*/*.log')
    warned = [line for line in log.read_text().splitlines() if 'WARN' in line]
    assert not [line for line in warned if 'requires_grad' in line]
    assert not [line for line in warned if 'teacher' in line]
