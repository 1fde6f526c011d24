"""The head: loss, scores and start against their formulas."""
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict

from mvd_mm.models.roi_heads import PersonScoreBBoxHead

CFG = ConfigDict(pos_weight=1.)


def head(**overrides):
    return PersonScoreBBoxHead(in_channels=8, num_classes=6, **overrides)


def sampled(labels):
    count = len(labels)
    return SimpleNamespace(
        pos_priors=torch.zeros(count, 4),
        neg_priors=torch.zeros(0, 4),
        pos_gt_labels=labels)


def multi_hot(*rows):
    labels = torch.zeros(len(rows), 6)
    for row, actions in enumerate(rows):
        labels[row, actions] = 1
    return labels


def test_pools_the_mean_over_time_and_the_maximum_over_bins():
    net, feat = head(), torch.randn(3, 8, 4, 7, 7)
    pooled = feat.mean(2).amax((2, 3))
    logits = net(feat)
    torch.testing.assert_close(logits[:, 1:], net.fc_cls(pooled))
    assert (logits[:, 0] == -torch.inf).all()


def loss_of(net, logits, *labels):
    found = net.loss_and_target(logits, None, [sampled(k) for k in labels],
                                CFG)
    return found['loss_bbox']['loss_action_cls']


def cross_entropy(logits, labels):
    """Of each box and action."""
    p, t = logits[:, 1:].sigmoid(), labels[:, 1:]
    return -(t * p.log() + (1 - t) * (1 - p).log())


@pytest.mark.parametrize('weight', [1., 80.])
def test_loss_is_the_mean_over_actions_summed_over_boxes(weight):
    net, labels = head(loss_weight=weight), multi_hot([1, 3], [5], [2])
    logits = net(torch.randn(3, 8, 1, 7, 7))
    found = loss_of(net, logits, labels[:2], labels[2:])
    expected = cross_entropy(logits, labels).mean(1).sum() * weight
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize('weight', [1., 80.])
def test_mmaction2s_loss_is_the_mean_over_both(weight):
    net = head(loss_weight=weight, loss_reduction='mean')
    labels = multi_hot([1, 3], [5], [2])
    logits = net(torch.randn(3, 8, 1, 7, 7))
    found = loss_of(net, logits, labels[:2], labels[2:])
    torch.testing.assert_close(found,
                               cross_entropy(logits, labels).mean() * weight)


def test_boxes_without_an_action_do_not_count():
    net, labels = head(), multi_hot([1, 3], [], [2])
    logits = net(torch.randn(3, 8, 1, 7, 7))
    rows = [0, 2]
    torch.testing.assert_close(
        loss_of(net, logits, labels),
        cross_entropy(logits, labels)[rows].mean(1).sum())
    assert loss_of(net, logits, multi_hot([], [], [])) == 0


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match="`loss_reduction`.*'average'"):
        head(loss_reduction='average')


def test_no_boxes_give_no_loss_but_a_gradient():
    net = head()
    logits = net(torch.zeros(0, 8, 1, 7, 7))
    assert logits.shape == (0, 6)
    loss = net.loss_and_target(logits, None, [sampled(multi_hot())],
                               CFG)['loss_bbox']['loss_action_cls']
    loss.backward()
    assert loss == 0 and (net.fc_cls.weight.grad == 0).all()


def test_score_is_the_actions_times_the_persons():
    net, logits = head(), torch.randn(2, 6)
    roi = torch.tensor([[0., 0, 0, 32, 48], [0., 16, 12, 64, 24]])
    meta = dict(img_shape=(48, 64), scores=np.array([0.9, 0.8]))
    found = net._predict_by_feat_single(roi.clone(), logits, meta)
    torch.testing.assert_close(found.scores,
                               logits.sigmoid() * torch.tensor([[0.9], [0.8]]))
    torch.testing.assert_close(
        found.bboxes, torch.tensor([[0., 0, .5, 1], [.25, .25, 1, .5]]))
    alone = head(use_person_score=False)._predict_by_feat_single(
        roi.clone(), logits, dict(img_shape=(48, 64)))
    torch.testing.assert_close(alone.scores, logits.sigmoid())


@pytest.mark.parametrize('scores, error, message', [
    (None, KeyError, 'meta_keys'),
    ([0.9], ValueError, '1 person scores for 2 boxes'),
])
def test_scores_that_do_not_fit_are_refused(scores, error, message):
    meta = dict(img_shape=(48, 64))
    if scores is not None:
        meta['scores'] = np.array(scores)
    with pytest.raises(error, match=message):
        head()._predict_by_feat_single(
            torch.zeros(2, 5), torch.zeros(2, 6), meta)


def test_weights_start_at_a_thousandth_of_002():
    net = PersonScoreBBoxHead(in_channels=512, num_classes=81)
    net.init_weights()
    # 40960 draws: 5 standard errors are 4e-7
    assert net.fc_cls.weight.std().item() == pytest.approx(2e-5, abs=4e-7)
    assert (net.fc_cls.bias == 0).all()


def test_has_one_output_per_action():
    assert head().fc_cls.weight.shape == (5, 8)


def test_topk_beyond_the_actions_is_refused():
    with pytest.raises(ValueError, match='`num_classes`.*6 and'):
        head(topk=(3, 7))


def test_batch_norm_standardises_the_pooled_features():
    net, feat = head(batch_norm=True), 5 + 3 * torch.randn(64, 8, 1, 2, 2)
    pooled = feat.mean(2).amax((2, 3))
    normed = (pooled - pooled.mean(0)) / pooled.std(0, unbiased=False)
    torch.testing.assert_close(
        net(feat)[:, 1:], net.fc_cls(normed), rtol=1e-4, atol=1e-4)


def test_dropout_comes_before_the_pooling():
    net, feat = head(dropout_ratio=0.5).train(), torch.ones(200, 8, 1, 7, 7)
    pooled = []
    net.fc_cls.register_forward_pre_hook(lambda m, x: pooled.append(x[0]))
    net(feat)
    # the maximum of 49 bins of which half are doubled
    assert (pooled[0] == 2).all()
