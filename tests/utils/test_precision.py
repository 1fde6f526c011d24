"""bfloat16 only where the hardware computes in it."""
import pytest
import torch

from mvd_mm.utils import cpu_has_bfloat16, fastest_dtype, precision


@pytest.fixture
def cpuinfo(monkeypatch, tmp_path):
    """Stand in for the file in which Linux describes the processor."""
    path = tmp_path / 'cpuinfo'
    monkeypatch.setattr(precision, 'Path', lambda name: path)
    return path


@pytest.mark.parametrize('flags, has', [
    ('fpu avx512f avx512_bf16 avx512_fp16', True),
    ('fpu avx2 amx_bf16 amx_tile', True),
    ('fpu avx2 avx512f avx512_vnni', False),
    ('fpu not_avx512_bf16x', False),
])
def test_a_cpu_is_told_by_its_flags(cpuinfo, flags, has):
    cpuinfo.write_text(f'processor\t: 0\nflags\t\t: {flags}\nbugs\t: none\n')
    assert cpu_has_bfloat16() is has
    expected = torch.bfloat16 if has else torch.float32
    assert fastest_dtype('cpu') == expected


def test_a_system_without_the_file_computes_in_float32(cpuinfo):
    assert cpu_has_bfloat16() is False
    assert fastest_dtype('cpu') == torch.float32


@pytest.mark.parametrize('has, dtype', [(True, torch.bfloat16),
                                        (False, torch.float32)])
def test_a_gpu_is_asked(monkeypatch, has, dtype):
    monkeypatch.setattr(torch.cuda, 'is_bf16_supported', lambda: has)
    assert fastest_dtype('cuda') == dtype


def test_other_devices_compute_in_float32(cpuinfo):
    cpuinfo.write_text('flags : amx_bf16')
    assert fastest_dtype('mps') == torch.float32
