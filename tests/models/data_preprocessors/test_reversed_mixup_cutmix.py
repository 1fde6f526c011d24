"""Formulas of Mixup, CutMix, smoothed labels and their loss."""
import json
from unittest import mock

import numpy as np
import pytest
import torch
from mmaction.models import ActionDataPreprocessor, TimeSformerHead
from mmaction.structures import ActionDataSample
from mmengine.registry import DefaultScope

from mvd_mm.models import ReversedMixupCutmix
from mvd_mm.models.data_preprocessors.reversed_mixup_cutmix import draw_box
from mvd_mm.registry import MODELS

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
        np.random.seed(seed)
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


def published_rows(golden_dir):
    rows = json.loads(
        (golden_dir.parent / 'cutmix_published.json').read_text())['rows']
    assert len(rows) == 36
    return rows


def blend_row(row, seed, **options):
    """Blend clips that hold their own number, labels that are all apart."""
    number = row['shape'][0]
    imgs = torch.arange(1., number + 1).view(-1, 1, 1, 1,
                                             1).expand(row['shape']).clone()
    blending = MODELS.build(
        dict(
            type='mvd_mm.ReversedMixupCutmix',
            num_classes=number,
            mixup_alpha=0.,
            smoothing=0.,
            **options))
    np.random.seed(seed)
    samples = [ActionDataSample().set_gt_label(i) for i in range(number)]
    mixed, samples = blending(imgs.clone(), samples)
    return imgs, mixed, torch.stack([s.gt_label for s in samples])


def test_cutmix_on_frames_and_rows_gives_the_published_numbers(golden_dir):
    # three shapes for each seed
    for index, row in enumerate(published_rows(golden_dir)):
        imgs, mixed, labels = blend_row(
            row, index // 3, cutmix_axes='frames_height')
        expected = imgs.clone()
        if row['changed_t0_t1_h0_h1_w0_w1'] is not None:
            t0, t1, h0, h1, w0, w1 = row['changed_t0_t1_h0_h1_w0_w1']
            expected[..., t0:t1, h0:h1, w0:w1] = imgs.flip(0)[..., t0:t1,
                                                              h0:h1, w0:w1]
        assert torch.equal(mixed, expected), row
        lam = torch.tensor(row['lam_of_label'])
        own = torch.eye(len(imgs))
        torch.testing.assert_close(
            labels, lam * own + (1 - lam) * own.flip(0), rtol=0, atol=1e-7)


def test_cutmix_on_height_and_width_pastes_the_same_boxes(golden_dir):
    for index, row in enumerate(published_rows(golden_dir)):
        imgs, mixed, labels = blend_row(row, index // 3)
        yl, yh, xl, xh = row['box_yl_yh_xl_xh']
        expected = imgs.clone()
        expected[..., yl:yh, xl:xh] = imgs.flip(0)[..., yl:yh, xl:xh]
        assert torch.equal(mixed, expected), row
        assert labels[0, 0].item() == pytest.approx(row['lam_of_label'])
        # here the label says how much of the clip is its own
        kept = (mixed[0] == imgs[0]).double().mean().item()
        assert kept == pytest.approx(row['lam_of_label'])


def test_most_cuts_of_frames_and_rows_change_no_pixel():
    """The figures that the documentation gives, at 16 frames of 224."""
    number, given_away = 50000, []
    for _ in range(number):
        top, bottom, left, right = draw_box(224, 224, np.random.beta(1, 1))
        if not (range(16)[top:bottom] and range(224)[left:right]):
            given_away.append((bottom - top) * (right - left) / 224**2)
    # 1 - 16 / 224 - 2 / 3 / 2 = 0.595 without the rounding to pixels
    assert abs(len(given_away) / number - 0.597) < 0.01
    assert abs(np.mean(given_away) - 0.29) < 0.01


def test_frames_and_rows_refuse_an_odd_batch_as_timm_does():
    for labels in ((3, ), (0, 1, 2)):
        imgs, samples = batch(labels)
        with pytest.raises(
                ValueError, match=f'{len(labels)} clips.*drop_last'):
            blend(imgs, samples, cutmix_axes='frames_height')


def test_a_clip_without_a_partner_is_left_alone():
    for options in (dict(mixup_alpha=0.), dict(cutmix_alpha=0.)):
        imgs, samples = batch((3, ))
        mixed, labels = blend(imgs, samples, **options)
        assert torch.equal(mixed, imgs)
        assert torch.equal(labels, one_hot((3, ), 0.1))
        imgs, samples = batch((0, 3, 1))
        mixed, labels = blend(imgs, samples, **options)
        torch.testing.assert_close(mixed[1], imgs[1])
        torch.testing.assert_close(labels[1:2], one_hot((3, ), 0.1))


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


@pytest.mark.parametrize('name, value', [('num_classes', 1),
                                         ('mixup_alpha', -1),
                                         ('cutmix_alpha', -0.1), ('prob', 1.1),
                                         ('switch_prob', -1), ('smoothing', 1),
                                         ('cutmix_axes', 'hw')])
def test_rejects_bad_arguments(name, value):
    with pytest.raises(ValueError, match=f'`{name}`'):
        ReversedMixupCutmix(**{'num_classes': K, name: value})
