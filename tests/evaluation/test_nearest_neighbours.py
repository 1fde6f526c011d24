"""Votes of neighbours against loops in plain Python."""
import math

import pytest
import torch

from mvd_mm.evaluation import neighbour_votes


def by_hand(feature, bank, labels, classes, neighbours, temperature):
    """One clip at a time, in double precision."""
    length = math.sqrt(sum(x * x for x in feature))
    similar = []
    for other, label in zip(bank, labels):
        product = sum(a * b for a, b in zip(feature, other))
        norm = length * math.sqrt(sum(x * x for x in other))
        similar.append((product / norm, label))
    nearest = sorted(similar, reverse=True)[:neighbours]
    votes = [0.] * classes
    for similarity, label in nearest:
        votes[label] += math.exp(similarity / temperature)
    return [vote / sum(votes) for vote in votes]


@pytest.mark.parametrize('neighbours, temperature', [(1, 0.07), (5, 0.07),
                                                     (20, 0.5), (30, 1.)])
def test_equals_a_brute_force_computation(neighbours, temperature):
    features, bank = torch.randn(7, 6), torch.randn(30, 6)
    labels = torch.randint(4, (30, ))
    scores = neighbour_votes(features, bank, labels, 5, neighbours,
                             temperature)
    expected = [
        by_hand(row, bank.tolist(), labels.tolist(), 5, neighbours,
                temperature) for row in features.tolist()
    ]
    torch.testing.assert_close(
        scores, torch.tensor(expected), rtol=1e-4, atol=1e-6)
    assert (scores[:, 4] == 0).all()  # no clip of the bank has this class
    torch.testing.assert_close(scores.sum(1), torch.ones(7))


def test_directions_count_not_lengths():
    features, bank = torch.randn(4, 6), torch.randn(9, 6)
    labels = torch.arange(9) % 3
    scores = neighbour_votes(features, bank, labels, 3)
    scaled = neighbour_votes(3 * features,
                             bank * torch.rand(9, 1).add(0.1), labels, 3)
    torch.testing.assert_close(scores, scaled)


def test_a_bank_smaller_than_k_votes_as_a_whole():
    scores = neighbour_votes(
        torch.ones(1, 2), torch.ones(2, 2), torch.tensor([0, 1]), 2, 20)
    assert scores.tolist() == [[0.5, 0.5]]


def test_a_small_temperature_does_not_overflow():
    bank = torch.eye(3)
    scores = neighbour_votes(
        bank, bank, torch.arange(3), 3, neighbours=3, temperature=1e-3)
    torch.testing.assert_close(scores, torch.eye(3))
