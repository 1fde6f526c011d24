"""Rounds, parts and memory."""
import time

import pytest
import torch
from torch import nn

from mvd_mm.benchmark.measuring import (Clock, measure, peak_memory,
                                        product_rates)


def test_sides_take_turns_and_the_first_round_warms_up():
    calls = []
    found = measure(
        dict(ours=lambda: calls.append('o'), plain=lambda: calls.append('p')),
        'cpu', 3, dict(mm=lambda: calls.append('m') or 7.))
    assert ''.join(calls) == 'opm' * 4
    assert [len(v) for v in found['seconds'].values()] == [3, 3]
    assert found['gflops'] == dict(mm=7.)


def test_parts_add_up_over_calls():
    clock, module = Clock('cpu'), nn.Identity()
    clock.watch('net', module)
    for _ in range(2):
        module(torch.zeros(1))
        with clock.part('rest'):
            time.sleep(0.02)
    parts = clock.take()
    assert 0.04 <= parts['rest'] < 1 and parts['net'] < 0.04
    assert clock.take() == {}


def test_memory_of_a_step_is_what_it_adds():
    found = peak_memory(lambda: torch.ones(2**24).sum(), 'cpu')
    if found is None:
        pytest.skip('the system does not say')
    assert 60 < found < 200  # 64 MiB of float32


def test_memory_of_a_step_is_found_again_and_again():

    def step():
        return [torch.ones(2**14) for _ in range(2**10)]  # 64 MiB in pieces

    for _ in range(3):
        found = peak_memory(step, 'cpu')
        if found is None:
            pytest.skip('the system does not say')
        assert found > 50


def test_rates_are_positive():
    for rate in product_rates('cpu', torch.float32, 32).values():
        assert rate() > 0
