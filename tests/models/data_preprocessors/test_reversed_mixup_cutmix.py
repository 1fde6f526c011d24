"""Formulas of Mixup, CutMix, smoothed labels and their loss."""
from unittest import mock

import numpy as np
import pytest
import torch
from mmaction.models import ActionDataPreprocessor, TimeSformerHead
from mmaction.structures import ActionDataSample
from mmengine.registry import DefaultScope

from mvd_mm.models import ReversedMixupCutmix

K = 5


def batch(labels=(0, 1, 2, 4), size=16):
    imgs = torch.randn(len(labels), 1, 3, 2, size, size)
    return imgs, [ActionDataSample().set_gt_label(label) for label in labels]


def one_hot(labels, smoothing=0.):
    hot = torch.eye(K)[list(labels)]
    return (1 - smoothing) * hot + smoothing / K


def blend(imgs, samples, **options):
    blending = ReversedMixupCutmix(K, **options)
    mixed, samples = blending(imgs.clone(), samples)
    return mixed, torch.stack([s.gt_label for s in samples])


@pytest.mark.parametrize('off', [
    dict(prob=0.),
    dict(mixup_alpha=0., cutmix_alpha=0.),
])
def test_switched_off_only_smooths_the_labels(off):
    imgs, samples = batch()
    mixed, labels = blend(imgs, samples, **off)
    assert torch.equal(mixed, imgs)
    # on = 1 - 0.1 + 0.1 / 5, off = 0.1 / 5
    assert labels[3].tolist() == pytest.approx([0.02] * 4 + [0.92])
    torch.testing.assert_close(labels.sum(1), torch.ones(4))


def test_mixup_blends_with_the_reversal_by_one_share():
    imgs, samples = batch()
    with mock.patch('numpy.random.beta', return_value=0.3) as draw:
        mixed, labels = blend(imgs, samples, cutmix_alpha=0.)
    draw.assert_called_once_with(0.8, 0.8)
    smooth = one_hot((0, 1, 2, 4), 0.1)
    torch.testing.assert_close(mixed, 0.3 * imgs + 0.7 * imgs[[3, 2, 1, 0]])
    torch.testing.assert_close(labels,
                               0.3 * smooth + 0.7 * smooth[[3, 2, 1, 0]])


def test_cutmix_pastes_one_box_and_corrects_the_share():
    cut_off = 0
    for seed in range(30):
        torch.manual_seed(seed)
        imgs, samples = batch()
        with mock.patch('numpy.random.beta', return_value=0.6) as draw:
            mixed, labels = blend(imgs, samples, mixup_alpha=0.)
        draw.assert_called_once_with(1.0, 1.0)
        pasted = mixed[0, 0, 0, 0] != imgs[0, 0, 0, 0]  # (H, W)
        rows, columns = pasted.any(1).sum(), pasted.any(0).sum()
        assert pasted.sum() == rows * columns  # a box
        # sides of int(16 * 0.4 ** 0.5) = 10 or less
        assert max(rows, columns) <= 10
        cut_off += int(min(rows, columns) < 10)
        expected = torch.where(pasted, imgs.flip(0), imgs)
        assert torch.equal(mixed, expected)
        share = 1 - pasted.sum() / 256
        smooth = one_hot((0, 1, 2, 4), 0.1)
        torch.testing.assert_close(
            labels, share * smooth + (1 - share) * smooth.flip(0))
    assert 0 < cut_off < 30  # both kinds of boxes were seen


def test_one_batch_in_two_is_cut():
    blending = ReversedMixupCutmix(K)
    number, cut = 600, 0
    for _ in range(number):
        with mock.patch.object(
                blending, '_cutmix',
                return_value=(torch.zeros(2, 1), 0.5)) as cutmix:
            blending.do_blending(torch.zeros(2, 1), one_hot((0, 1)))
        cut += cutmix.called
    assert abs(cut / number - 0.5) < 5 * 0.5 / number**0.5


def test_three_batches_in_four_are_blended_at_prob_075():
    blending = ReversedMixupCutmix(K, prob=0.75, cutmix_alpha=0.)
    number, blended = 800, 0
    for _ in range(number):
        label = blending.do_blending(torch.zeros(2, 1), one_hot((0, 1)))[1]
        blended += not torch.equal(label, one_hot((0, 1), 0.1))
    assert abs(blended / number - 0.75) < 5 * (0.1875 / number)**0.5


def test_preprocessor_blends_in_training_alone():
    with DefaultScope.overwrite_default_scope('mmaction'):
        preprocessor = ActionDataPreprocessor(
            mean=[100.] * 3,
            std=[50.] * 3,
            format_shape='NCTHW',
            blending=dict(
                type='mvd_mm.ReversedMixupCutmix',
                num_classes=K,
                cutmix_alpha=0.))
    for training in (False, True):
        clips = [torch.full((1, 3, 2, 8, 8), 100. + 50 * i) for i in range(2)]
        _, samples = batch((1, 2))
        with mock.patch('numpy.random.beta', return_value=0.25):
            out = preprocessor(
                dict(inputs=clips, data_samples=samples), training=training)
        means = out['inputs'].mean((1, 2, 3, 4, 5)).tolist()
        assert means == pytest.approx([0.75, 0.25] if training else [0, 1])
        shape = (K, ) if training else (1, )
        assert out['data_samples'][0].gt_label.shape == shape


@pytest.mark.parametrize('labels', [(0, 1, 2, 4), (3, )])
def test_loss_of_the_host_head_is_the_mean_of_minus_sum_t_log_p(labels):
    imgs, samples = batch(labels)
    targets = blend(imgs, samples)[1]
    with DefaultScope.overwrite_default_scope('mmaction'):
        head = TimeSformerHead(num_classes=K, in_channels=7)
    feats = torch.randn(len(labels), 7)
    loss = head.loss(feats, samples)['loss_cls']
    probability = (head.fc_cls(feats).double()).softmax(1)
    expected = -(targets * probability.log()).sum(1).mean()
    torch.testing.assert_close(loss.double(), expected, rtol=1e-6, atol=1e-6)


def test_same_seed_draws_the_same():
    imgs, _ = batch()
    outputs = []
    for _ in range(2):
        np.random.seed(5)
        torch.manual_seed(5)
        outputs.append(blend(imgs, batch()[1]))
    assert torch.equal(outputs[0][0], outputs[1][0])
    assert torch.equal(outputs[0][1], outputs[1][1])


def test_label_beyond_the_classes_is_named():
    imgs, samples = batch((0, 7))
    with pytest.raises(ValueError, match=r'`num_classes`.* 5.*\[0, 7\]'):
        ReversedMixupCutmix(K)(imgs, samples)


@pytest.mark.parametrize('name, value',
                         [('num_classes', 1), ('mixup_alpha', -1),
                          ('cutmix_alpha', -0.1), ('prob', 1.1),
                          ('switch_prob', -1), ('smoothing', 1)])
def test_rejects_bad_arguments(name, value):
    with pytest.raises(ValueError, match=f'`{name}`'):
        ReversedMixupCutmix(**{'num_classes': K, name: value})
