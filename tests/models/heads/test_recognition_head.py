"""The classifier of fine-tuning and linear probes."""
import pytest
import torch
from mmaction.models.losses import CrossEntropyLoss
from mmaction.structures import ActionDataSample
from mmengine.registry import DefaultScope

from mvd_mm.models.heads import RecognitionHead


def test_starts_at_a_thousandth_of_a_normal_of_0_02():
    head = RecognitionHead(400, 256)
    head.init_weights()
    assert head.fc_cls.weight.std().item() == pytest.approx(2e-5, rel=0.02)
    assert (head.fc_cls.bias == 0).all()


@pytest.mark.parametrize('scope', ['mmengine', 'mmaction'])
def test_its_loss_is_mmaction2s_in_every_scope(scope):
    # a runner without `default_scope` leaves MMEngine's own
    with DefaultScope.overwrite_default_scope(scope):
        assert type(RecognitionHead(3, 4).loss_cls) is CrossEntropyLoss


def test_views_are_averaged_after_their_softmax():
    head = RecognitionHead(3, 4)
    scores = torch.tensor([[9., 0, 0], [0, 1., 0]])
    sample, = head.predict_by_feat(scores, [ActionDataSample()])
    torch.testing.assert_close(sample.pred_score, scores.softmax(1).mean(0))


@pytest.mark.parametrize('hard', [True, False])
def test_loss_under_bfloat16_is_cross_entropy_in_float32(hard):
    head = RecognitionHead(3, 4, init_scale=1.)
    head.init_weights()
    feats = torch.randn(5, 4)
    labels = torch.randint(3, (5, 1))
    soft = torch.rand(5, 3).softmax(1)
    samples = [
        ActionDataSample().set_gt_label(row)
        for row in (labels if hard else soft)
    ]
    with torch.autocast('cpu', torch.bfloat16):
        scores = head(feats)
        loss = head.loss(feats, samples)['loss_cls']
    assert scores.dtype == loss.dtype == torch.float32
    target = torch.eye(3)[labels[:, 0]] if hard else soft
    expected = -(target * scores.log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(loss, expected)


def test_tokens_are_averaged():
    head = RecognitionHead(3, 4, init_scale=1.)
    tokens = torch.randn(2, 7, 4)
    torch.testing.assert_close(head(tokens), head(tokens.mean(1)))


def test_batch_norm_has_no_parameters_and_ignores_scale_and_shift():
    head = RecognitionHead(3, 4, batch_norm=True)
    assert {n
            for n, _ in head.named_parameters()
            } == {'fc_cls.weight', 'fc_cls.bias'}
    feats = torch.randn(8, 4)
    torch.testing.assert_close(
        head(feats), head(feats * 5 + 3), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize('wrong', [
    dict(average_clips='mean'),
    dict(dropout_ratio=1.),
    dict(label_smooth_eps=-0.1)
])
def test_refuses_misuse(wrong):
    name, = wrong
    with pytest.raises(ValueError, match=f'`{name}`'):
        RecognitionHead(3, 4, **wrong)


@pytest.mark.parametrize('batch_norm', [False, True])
def test_slices_are_averaged_apart_and_classified_side_by_side(batch_norm):
    head = RecognitionHead(
        3, 4, num_slices=2, init_scale=1., batch_norm=batch_norm).eval()
    head.init_weights()
    tokens = torch.randn(5, 6, 4)
    feats = torch.cat([tokens[:, :3].mean(1), tokens[:, 3:].mean(1)], dim=1)
    torch.testing.assert_close(head(tokens), head(feats))
    # the order of time counts, that of space does not
    assert not torch.allclose(head(tokens.flip(1)), head(tokens))
    torch.testing.assert_close(
        head(tokens[:, [1, 0, 2, 4, 5, 3]]), head(tokens))


def test_one_slice_is_the_mean_of_all_tokens():
    head = RecognitionHead(3, 4, init_scale=1.)
    head.init_weights()
    tokens = torch.randn(5, 6, 4)
    torch.testing.assert_close(head(tokens), head(tokens.mean(1)))


def test_slices_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match='`num_slices`.*got 0'):
        RecognitionHead(3, 4, num_slices=0)
    with pytest.raises(ValueError, match='`num_slices` is 4.*6 tokens'):
        RecognitionHead(3, 4, num_slices=4)(torch.randn(5, 6, 4))
