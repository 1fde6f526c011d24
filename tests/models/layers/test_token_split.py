"""Masks as indices, and gathers by them."""
import pytest
import torch

from mvd_mm.models.layers import TokenSplit, split_tokens, take_tokens


def test_indices_are_those_of_the_mask_in_order(draw_mask):
    mask = draw_mask(3, 32, 24)
    split = split_tokens(mask)
    assert split.num_tokens == 32
    for row in range(3):
        assert torch.equal(split.visible[row], (~mask[row]).nonzero()[:, 0])
        assert torch.equal(split.hidden[row], mask[row].nonzero()[:, 0])


def test_a_known_number_gives_the_same_without_reading(draw_mask, monkeypatch):
    mask = draw_mask(3, 32, 24)
    expected = split_tokens(mask)

    def refuse(*args, **kwargs):
        raise AssertionError('the mask was read')

    for name in ('tolist', 'item', '__bool__', '__int__', 'nonzero'):
        monkeypatch.setattr(torch.Tensor, name, refuse)
    split = split_tokens(mask, 24)
    monkeypatch.undo()
    assert torch.equal(split.hidden, expected.hidden)
    assert torch.equal(split.visible, expected.visible)


def test_what_is_split_stays_as_it_is():
    split = TokenSplit(torch.zeros(1, 2).long(), torch.ones(1, 3).long())
    assert split_tokens(split) is split


@pytest.mark.parametrize('hidden', [0, 8])
def test_all_or_none_may_be_hidden(hidden):
    split = split_tokens(torch.full((2, 8), bool(hidden)))
    assert split.hidden.shape == (2, hidden)
    assert split.visible.shape == (2, 8 - hidden)


def test_rejects_rows_that_hide_different_numbers():
    mask = torch.tensor([[True, False, False], [True, True, False]])
    with pytest.raises(ValueError, match=r'`mask`.*\[1, 2\]'):
        split_tokens(mask)


def test_tokens_of_each_clip_are_gathered(draw_mask):
    mask, tokens = draw_mask(3, 32, 24), torch.randn(3, 32, 5)
    taken = take_tokens(tokens, split_tokens(mask).hidden)
    assert torch.equal(taken, tokens[mask].reshape(3, 24, 5))


def test_what_all_clips_share_is_gathered_for_each(draw_mask):
    mask, table = draw_mask(3, 32, 24), torch.randn(1, 32, 5)
    taken = take_tokens(table, split_tokens(mask).visible)
    assert torch.equal(taken, table.expand(3, -1, -1)[~mask].reshape(3, 8, 5))


def test_gradients_return_to_the_tokens_that_were_taken(draw_mask):
    mask = draw_mask(2, 8, 3)
    tokens = torch.randn(2, 8, 5, requires_grad=True)
    take_tokens(tokens, split_tokens(mask).hidden).sum().backward()
    assert torch.equal(tokens.grad.amax(-1), mask.float())
