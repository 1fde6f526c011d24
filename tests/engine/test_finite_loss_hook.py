"""A run that meets NaN stops before the update, or goes on without it."""
import warnings
from functools import partial
from uuid import uuid4

import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.optim.optimizer import amp_optimizer_wrapper
from mmengine.registry import MODELS
from mmengine.runner import Runner
from torch import nn
from torch.utils.data import DataLoader

from mvd_mm.engine import FiniteLossHook
from mvd_mm.engine.step_guard import LOWEST_SCALE

ADAM = dict(optimizer=dict(type='AdamW', lr=0.1))


class Root(nn.Module):
    """Its gradient at 0 is infinite, its value is not."""

    def forward(self, x):
        return x.clamp(min=0).sqrt()


@MODELS.register_module(force=True)
class SmallNetwork(BaseModel):
    """Two losses: of the clips, and of a weight alone."""

    def __init__(self, last='Identity', mixes=False):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.norm = nn.BatchNorm1d(3)
        self.last = Root() if last == 'Root' else getattr(nn, last)()
        self.weight = nn.Parameter(torch.ones(1))
        self.mixes = mixes

    def forward(self, inputs, data_samples=None, mode='loss'):
        clips = torch.stack(inputs)
        if self.mixes:  # as Mixup does: one clip spoils two
            clips = 0.7 * clips + 0.3 * clips.flip(0)
        out = self.last(self.norm(self.first(clips)))
        return dict(
            loss_image=out.square().mean(), loss_video=self.weight.square())


def build(tmp_path, clips, model=(), wrapper=None, hook=(), **kwargs):
    samples = [
        dict(inputs=clip, data_samples=ActionDataSample().set_gt_label(i))
        for i, clip in enumerate(clips)
    ]
    return Runner(
        model=dict(type='SmallNetwork', **dict(model)),
        work_dir=str(tmp_path),
        train_dataloader=DataLoader(
            samples,
            batch_size=2,
            collate_fn=lambda batch:
            {k: [sample[k] for sample in batch]
             for k in batch[0]}),
        train_cfg=dict(by_epoch=True, max_epochs=1),
        optim_wrapper=wrapper or dict(optimizer=dict(type='SGD', lr=0.25)),
        custom_hooks=[
            dict(type='mvd_mm.FiniteLossHook', **dict(hook)),
            dict(type='mvd_mm.MeanLossHook')
        ],
        default_hooks=dict(
            checkpoint=None, logger=dict(type='LoggerHook', interval=1)),
        experiment_name=uuid4().hex,
        default_scope='mmaction',
        log_level='ERROR',
        randomness=dict(seed=0),
        cfg=Config(dict(model=None)),
        **kwargs)


def failure(runner):
    with pytest.raises(FloatingPointError) as raised:
        runner.train()
    return str(raised.value)


def clips_with(index, value, number=8):
    clips = torch.randn(number, 3, generator=torch.Generator().manual_seed(1))
    clips[index] = value
    return clips


def state_of(runner):
    return {k: v.clone() for k, v in runner.model.state_dict().items()}


@pytest.fixture
def scaler(monkeypatch):
    """MMEngine's float16 with loss scaling, which needs a GPU, on the CPU."""
    monkeypatch.setattr(amp_optimizer_wrapper, 'is_cuda_available',
                        lambda: True)
    monkeypatch.setattr(amp_optimizer_wrapper, 'GradScaler',
                        partial(torch.amp.GradScaler, 'cpu'))
    return dict(ADAM, type='AmpOptimWrapper', dtype='bfloat16')


@pytest.mark.parametrize('bad', [float('nan'), float('inf')])
def test_bad_clips_are_named_with_iteration_and_batch(tmp_path, bad):
    clips = clips_with(5, bad)  # third batch
    text = failure(build(tmp_path, clips))
    for part in ('loss_image', 'iteration 3 (epoch 1, batch 3', 'rate 0.25',
                 'of label tensor([5])', 'have it already: batch.inputs[1]',
                 '`skip_list`'):
        assert part in text, text
    assert 'loss_video' not in text and 'bfloat16' not in text
    kept = torch.load(
        tmp_path / 'nonfinite_loss_iter_3_rank_0.pth', weights_only=False)
    torch.testing.assert_close(
        torch.stack(kept['batch']['inputs']), clips[4:6], equal_nan=True)
    # two updates of 0.25 times a gradient of 2 w
    assert kept['losses']['loss_video'] == 0.0625


def test_the_weights_are_those_before_the_bad_batch(tmp_path):
    runners = [build(tmp_path, clips_with(5, float('nan')))]
    failure(runners[0])
    runners.append(build(tmp_path, clips_with(5, 0.)[:4]))
    runners[1].train()
    for one, other in zip(*(r.model.parameters() for r in runners)):
        assert torch.equal(one, other)


@pytest.mark.parametrize('max_skips', [0, 100])
def test_bad_weights_stop_the_run_and_are_named(tmp_path, max_skips):
    runner = build(tmp_path, clips_with(0, 0.), hook=dict(max_skips=max_skips))
    with torch.no_grad():
        runner.model.first.weight[1, 1] = float('nan')
    text = failure(runner)
    assert 'before this iteration: first.weight' in text, text
    assert 'an older checkpoint' in text and 'iteration 1 ' in text


def test_a_part_of_the_network_is_named(tmp_path):
    runner = build(tmp_path, clips_with(0, 0.))
    runner.model.last.forward = lambda x: (100 * (x.abs() + 1)).exp()
    text = failure(runner)
    assert 'last is the first part whose output is not' in text, text
    assert 'a lower learning rate' in text and 'bfloat16' not in text


def test_overflow_of_float16_is_told_from_other_causes(tmp_path):
    runner = build(
        tmp_path,
        clips_with(0, 300.),
        wrapper=dict(
            type='mvd_mm.AutocastOptimWrapper',
            dtype='bfloat16',
            optimizer=dict(type='SGD', lr=0.25)))
    with torch.no_grad():
        runner.model.first.weight.mul_(300).abs_()
    runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
    runner.optim_wrapper.cast_dtype = torch.float16
    text = failure(runner)
    assert 'first overflows float16; in float32' in text, text
    assert 'optim_wrapper.dtype=bfloat16' in text


def test_an_infinite_gradient_of_a_finite_loss_is_named(tmp_path):
    runner = build(tmp_path, clips_with(0, 0.), model=dict(last='Root'))
    runner.model.norm = nn.Identity()
    with torch.no_grad():
        runner.model.first.weight.zero_()
        runner.model.first.bias.zero_()
    before = state_of(runner)
    text = failure(runner)
    assert "no update is possible' at" not in text
    assert 'the losses are finite, but the gradient is not: first.weight and '\
        '1 more' in text, text
    assert all(
        torch.equal(v, before[k])
        for k, v in runner.model.state_dict().items())


@pytest.mark.parametrize('mixes', [False, True])
@pytest.mark.parametrize('counts', [1, 2])
@pytest.mark.parametrize('clips_gradients', [False, True])
def test_a_skipped_update_leaves_no_trace(tmp_path, mixes, counts,
                                          clips_gradients):
    bad = clips_with(5, float('nan'), 12)
    # batches 2 and 3 of 6 are of one update where two are accumulated
    good = torch.cat([bad[:4], bad[6:] if counts == 1 else bad[8:]])
    wrapper = dict(ADAM, accumulative_counts=counts)
    if clips_gradients:
        wrapper['clip_grad'] = dict(max_norm=0.1)
    runners = [
        build(
            tmp_path,
            clips,
            model=dict(mixes=mixes),
            wrapper=dict(wrapper),
            hook=dict(max_skips=1)) for clips in (bad, good)
    ]
    for runner in runners:
        runner.train()
    assert runners[0].iter > runners[1].iter
    states = [state_of(runner) for runner in runners]
    for name in states[0]:
        if 'running' in name or 'num_batches' in name:
            assert torch.isfinite(states[0][name]).all()
            if counts == 2:
                continue  # they saw the good batch beside the bad one
        assert torch.equal(states[0][name], states[1][name]), name
    moments = [
        r.optim_wrapper.optimizer.state_dict()['state'] for r in runners
    ]
    for one, other in zip(*(m.values() for m in moments)):
        assert all(torch.equal(one[key], other[key]) for key in one)
    hub = runners[0].message_hub
    assert hub.get_info('skipped_updates') == 1
    assert hub.get_scalar('train/skipped_updates').current() == 1
    # one NaN would hide the mean of an interval
    assert all(
        torch.isfinite(torch.tensor(h.data[0])).all()
        for h in hub.log_scalars.values())
    assert list(tmp_path.glob('nonfinite_loss_iter_3_rank_0.pth'))


def test_with_a_loss_scaler_too_and_the_scale_stays(tmp_path, scaler):
    bad = clips_with(5, float('nan'))
    runners = [
        build(tmp_path, clips, wrapper=dict(scaler), hook=dict(max_skips=1))
        for clips in (bad, torch.cat([bad[:4], bad[6:]]))
    ]
    for runner in runners:
        runner.train()
    for one, other in zip(*(r.model.parameters() for r in runners)):
        assert torch.equal(one, other)
    scales = [r.optim_wrapper.loss_scaler.get_scale() for r in runners]
    assert scales[0] == scales[1] == 2**16


def test_a_lost_loss_scale_is_noticed(tmp_path, scaler):
    text = failure(
        build(
            tmp_path,
            clips_with(0, 0.),
            wrapper=dict(scaler, loss_scale=dict(init_scale=LOWEST_SCALE / 2)),
            hook=dict(max_skips=5)))
    assert 'the loss scale has fallen to 0.000488' in text, text


def test_more_than_allowed_stops_and_the_count_survives(tmp_path):
    clips = clips_with([1, 3, 5], float('nan'))
    runner = build(tmp_path, clips, hook=dict(max_skips=2))
    text = failure(runner)
    assert 'iteration 3 ' in text and '2 updates were left out before' in text
    runner = build(
        tmp_path, clips_with(1, float('nan')), hook=dict(max_skips=2))
    runner.message_hub.update_info('skipped_updates', 2)  # a resumed run
    assert 'iteration 1 ' in failure(runner)


def test_finite_losses_are_left_alone(tmp_path):
    runner = build(tmp_path, torch.ones(4, 3))
    runner.train()
    assert runner.iter == 2 and not list(tmp_path.glob('nonfinite*'))
    # the wrapper has its own methods back
    assert 'step' not in vars(runner.optim_wrapper)


@pytest.mark.parametrize('bad', [[], [0]])
def test_schedules_do_not_take_the_guard_for_a_forgotten_step(tmp_path, bad):
    runner = build(
        tmp_path,
        clips_with(bad, float('nan')),
        hook=dict(max_skips=1),
        param_scheduler=dict(type='LinearLR', by_epoch=False, begin=0, end=4))
    with warnings.catch_warnings():
        warnings.simplefilter('error', UserWarning)
        runner.train()
    assert runner.optim_wrapper._global_step == 3  # counted from -1


def test_what_cannot_skip_says_so(tmp_path):
    with pytest.raises(ValueError, match='`max_skips`.*got -1'):
        FiniteLossHook(-1)
    runner = build(tmp_path, torch.ones(4, 3), hook=dict(max_skips=1))
    runner.optim_wrapper = object()
    with pytest.raises(ValueError, match='`max_skips=1`.*object'):
        runner.call_hook('before_train')
