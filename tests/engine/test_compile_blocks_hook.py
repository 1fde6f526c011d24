"""Compiled blocks: the same numbers, names and checkpoints."""
import copy
import logging
from types import SimpleNamespace

import pytest
import torch

from mvd_mm.engine import (CompileBlocksHook, compile_blocks,
                           compile_blocks_hook)
from mvd_mm.models import MVD


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    # pytest would keep each of its thousands of lines
    monkeypatch.setattr(logging.getLogger('torch.__trace'), 'disabled', True)
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


@pytest.fixture
def inputs(draw_mask):
    return dict(imgs=torch.randn(2, 3, 4, 32, 32), mask=draw_mask(2, 32, 24))


def test_losses_gradients_and_names_stay(mvd_cfg, randomise, inputs):
    # 'eager' reads and runs the code as any backend, and builds nothing
    plain = randomise(MVD(**mvd_cfg()), 0.1)
    compiled = copy.deepcopy(plain)
    number = compile_blocks(compiled, backend='eager', fullgraph=True)
    assert number == 2 + 2 + 2 + 1 + 1
    assert list(compiled.state_dict()) == list(plain.state_dict())
    losses = [m(inputs, mode='loss') for m in (plain, compiled)]
    for name in losses[0]:
        torch.testing.assert_close(losses[0][name], losses[1][name])
    for loss in losses:
        sum(loss.values()).backward()
    for (name, one), other in zip(plain.named_parameters(),
                                  compiled.parameters()):
        if one.grad is not None:
            torch.testing.assert_close(one.grad, other.grad, msg=name)
    # a copy, as EMA takes one, is not bound to the code of the original
    assert copy.deepcopy(compiled).state_dict().keys() == (
        plain.state_dict().keys())


def test_the_hook_compiles_once_and_reports(mvd_cfg, inputs, monkeypatch):
    lines = []
    monkeypatch.setattr(compile_blocks_hook, 'print_log',
                        lambda line, **kwargs: lines.append(line))
    model = MVD(**mvd_cfg())
    runner = SimpleNamespace(model=model)
    hook = CompileBlocksHook(backend='eager')
    hook.before_train(runner)
    hook.before_val(runner)
    model(inputs, mode='loss')
    for _ in range(2):
        hook.after_train_iter(runner, 0)
    assert len(lines) == 2
    assert '8 transformer blocks by eager' in lines[0]
    assert 'the first iteration' in lines[1]


@pytest.mark.slow
def test_generated_code_computes_the_same(mvd_cfg, randomise, inputs):
    plain = randomise(MVD(**mvd_cfg()), 0.1)
    compiled = copy.deepcopy(plain)
    compile_blocks(compiled)
    for model in (plain, compiled):
        model.loss_values = model(inputs, mode='loss')
    for name, loss in plain.loss_values.items():
        torch.testing.assert_close(
            loss, compiled.loss_values[name], rtol=1e-5, atol=1e-5)
