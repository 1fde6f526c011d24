"""Products of another library, values and gradients those of PyTorch's."""
import pytest
import torch
import torch.nn.functional as F

from mvd_mm.utils import onednn

pytestmark = pytest.mark.skipif(
    not onednn._EXISTS, reason='this build of PyTorch has no oneDNN')


def leaves(*shapes, dtype=torch.float32):
    return [torch.randn(s, dtype=dtype).requires_grad_() for s in shapes]


def gradients(function, inputs, grad):
    out = function(*inputs)
    return [out, *torch.autograd.grad(out, inputs, grad)]


@pytest.mark.parametrize('shape', [(24, ), (7, 24), (2, 5, 24), (2, 3, 4, 24),
                                   (0, 24), (2, 0, 24)])
@pytest.mark.parametrize('bias', [False, True])
def test_linear_equals_that_of_pytorch(shape, bias):
    inputs = leaves(shape, (40, 24), (40, ))[:3 if bias else 2]
    grad = torch.randn(*shape[:-1], 40)
    for a, b in zip(
            gradients(onednn.linear, inputs, grad),
            gradients(F.linear, inputs, grad)):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


def test_takes_what_is_not_contiguous():
    x, weight = leaves((24, 7), (24, 40))
    grad = torch.randn(40, 7).t()
    results = [
        gradients(lambda a, b, f=f: f(a.t(), b.t()), (x, weight), grad)
        for f in (onednn.linear, F.linear)
    ]
    for a, b in zip(*results):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


def test_matrices_with_gaps_take_no_longer_path():
    wide = torch.randn(64, 3 * 48)
    for matrix in (wide[:, :48], wide[:, ::3], wide[:, 48:96].t()):
        dense = onednn._dense(matrix)
        assert torch.equal(dense, matrix)
        assert dense.is_contiguous() or dense.t().is_contiguous()
    for matrix in (wide, wide.t(), wide.view(4, 16, -1)):
        assert onednn._dense(matrix) is matrix


@pytest.mark.parametrize('frozen', [0, 1, 2])
def test_computes_no_gradient_that_is_not_asked_for(frozen):
    inputs = leaves((7, 24), (40, 24), (40, ))
    inputs[frozen].requires_grad_(False)
    onednn.linear(*inputs).sum().backward()
    for number, tensor in enumerate(inputs):
        assert (tensor.grad is None) == (number == frozen)


def test_is_used_in_float32_alone(monkeypatch):
    calls = []
    monkeypatch.setattr(onednn._Linear, 'apply',
                        lambda *args: calls.append(args[0].dtype))
    x, weight = torch.randn(3, 24), torch.randn(40, 24)
    onednn.linear(x.double(), weight.double())
    with torch.autocast('cpu', torch.bfloat16):
        onednn.linear(x, weight)
    assert not calls
    onednn.linear(x, weight)
    assert calls == [torch.float32]


def test_graph_of_a_compiled_linear_is_pytorchs():
    x, weight = leaves((3, 24), (40, 24))
    compiled = torch.compile(onednn.linear, backend='eager', fullgraph=True)
    assert torch.equal(compiled(x, weight), F.linear(x, weight))


@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16])
def test_reordered_weights_give_the_same_product(dtype):
    x, weight, bias = (
        t.detach() for t in leaves((7, 24), (40, 24), (40, ), dtype=dtype))
    torch.testing.assert_close(
        onednn.product(x, onednn.reorder(weight), bias),
        onednn.product(x, weight, bias))
