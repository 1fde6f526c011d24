"""bfloat16 only where it is measured to be faster."""
import pytest
import torch

from mvd_mm.utils import fastest_dtype, matmul_rates, precision


@pytest.fixture(autouse=True)
def forget():
    """Measure anew in each test, and after the last one."""
    fastest_dtype.cache_clear()
    yield
    fastest_dtype.cache_clear()


@pytest.mark.parametrize('single, half, dtype', [
    (300., 162., torch.float32),
    (300., 300., torch.float32),
    (300., 350., torch.float32),
    (300., 500., torch.bfloat16),
])
def test_a_cpu_is_measured_whatever_its_flags_say(monkeypatch, single, half,
                                                  dtype):
    said = []
    monkeypatch.setattr(precision, 'print_log',
                        lambda text, logger: said.append(text))
    monkeypatch.setattr(precision, 'matmul_rates', lambda: {
        torch.float32: single,
        torch.bfloat16: half
    })
    assert fastest_dtype('cpu') == dtype
    assert str(dtype)[6:] in said[0] and f'{half:.0f} GFLOP/s' in said[0]


def test_it_is_measured_once(monkeypatch):
    calls = []

    def rates():
        calls.append(1)
        return {torch.float32: 1., torch.bfloat16: 2.}

    monkeypatch.setattr(precision, 'matmul_rates', rates)
    assert {fastest_dtype('cpu') for _ in range(3)} == {torch.bfloat16}
    assert len(calls) == 1


def test_rates_are_those_of_this_machine():
    rates = matmul_rates(repeats=1)
    assert set(rates) == {torch.float32, torch.bfloat16}
    assert all(0.01 < rate < 1e6 for rate in rates.values())


def test_the_first_process_decides_for_all(monkeypatch):
    there = {torch.float32: 1., torch.bfloat16: 5.}
    monkeypatch.setattr(precision, 'matmul_rates', lambda: {
        torch.float32: 5.,
        torch.bfloat16: 1.
    })

    def broadcast(values):
        values[0] = there

    monkeypatch.setattr(precision.dist, 'broadcast_object_list', broadcast)
    assert fastest_dtype('cpu') == torch.bfloat16


@pytest.mark.parametrize('has, dtype', [(True, torch.bfloat16),
                                        (False, torch.float32)])
def test_a_gpu_is_asked(monkeypatch, has, dtype):
    monkeypatch.setattr(torch.cuda, 'is_bf16_supported', lambda: has)
    assert fastest_dtype('cuda') == dtype


def test_other_devices_compute_in_float32():
    assert fastest_dtype('mps') == torch.float32
