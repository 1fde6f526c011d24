"""Which precision a device computes fastest in."""
from pathlib import Path

import torch

__all__ = ['cpu_has_bfloat16', 'fastest_dtype']


def cpu_has_bfloat16() -> bool:
    """Whether the CPU multiplies in bfloat16 (AVX-512 BF16 or AMX)."""
    info = Path('/proc/cpuinfo')
    if not info.is_file():
        return False
    flags = info.read_text().split()
    return 'avx512_bf16' in flags or 'amx_bf16' in flags


def fastest_dtype(device_type: str) -> torch.dtype:
    """Pick bfloat16 where the hardware has it, float32 elsewhere.

    Args:
        device_type (str): 'cuda', 'cpu', ...

    Returns:
        torch.dtype: Emulated bfloat16 is slower than float32, hence the test.
    """
    if device_type == 'cuda':
        has = torch.cuda.is_bf16_supported()
    else:
        has = device_type == 'cpu' and cpu_has_bfloat16()
    return torch.bfloat16 if has else torch.float32
