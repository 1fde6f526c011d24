"""How far two results are apart, and what counts as a fault."""
import math
import shutil

import pytest
import torch
from torch import nn

from mvd_mm.apis.parity import Case, check_case, compare
from mvd_mm.apis.parity.comparison import check_gradients
from mvd_mm.checkpoints import Rule

RULES = [Rule('w', 'weight')]
LIMITS = {True: 1e-4, False: 1e-5}


def test_the_largest_difference_is_relative_to_the_largest_value():
    ours, theirs = torch.tensor([1., -8., 2.5]), torch.tensor([1., -10., 2.])
    assert compare('logits', ours,
                   theirs) == ('logits', pytest.approx(0.2), False)


def test_zeros_are_compared_without_a_division_by_zero():
    zeros = torch.zeros(3)
    assert compare('grad/w', zeros, zeros) == ('grad/w', 0., True)
    assert compare('grad/w', zeros + 1e-3, zeros)[1] > 1


def test_not_a_number_stays_one():
    found = compare('loss', torch.tensor([math.nan]), torch.ones(1))
    assert math.isnan(found[1])


def test_another_shape_is_refused():
    with pytest.raises(ValueError, match=r'loss: shape \(2,\).*\(2, 1\)'):
        compare('loss', torch.ones(2), torch.ones(2, 1))


class TestGradients:

    @pytest.fixture
    def model(self):
        model = nn.Linear(2, 1)
        model.weight.grad = torch.tensor([[3., 4.]])
        return model

    def test_norm_counts_parameters_without_a_gradient_as_zero(self, model):
        case = Case({}, dict(grad_norm=torch.tensor(5.)))
        assert list(check_gradients(model, case,
                                    [])) == [('grad_norm', 0., True)]

    def test_a_frozen_parameter_is_named(self, model):
        model.weight.requires_grad_(False)
        case = Case({}, {'grad/w': torch.ones(1, 2)})
        with pytest.raises(ValueError, match="grad/w.*'weight'"):
            list(check_gradients(model, case, RULES))

    def test_one_of_another_form_is_reshaped(self, model):
        case = Case({}, {'grad/w': torch.tensor([3., 2.])})
        row, = check_gradients(model, case, RULES)
        assert row == ('grad/w', pytest.approx(2 / 3), True)


class TestCheckCase:

    @pytest.mark.parametrize('limit, faults', [(1e-5, 0), (-1., 3)])
    def test_counts_what_is_past_the_limit(self, golden_dir, capsys, limit,
                                           faults):
        path = golden_dir / 'finetune_plain.npz'
        assert check_case(path, {True: 1e-4, False: limit}) == faults
        assert capsys.readouterr().out.startswith(str(path))

    def test_an_unreadable_case_is_one_fault(self, golden_dir, tmp_path,
                                             capsys):
        path = tmp_path / 'case.npz'
        path.write_text('no archive')
        shutil.copy(golden_dir / 'finetune_plain.json', tmp_path / 'case.json')
        assert check_case(path, LIMITS) == 1
        assert 'FAILED, ValueError' in capsys.readouterr().out
