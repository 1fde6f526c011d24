"""Which precision a device computes fastest in."""
import time
from functools import lru_cache

import torch
from mmengine import dist
from mmengine.logging import print_log

from . import onednn

__all__ = ['fastest_dtype', 'matmul_rates']

# the MLP of a ViT-B on half a thousand tokens
_ROWS, _WIDTH, _HIDDEN = 512, 768, 3072
# bfloat16 has to win clearly: casting and what is not a product cost time too
_MARGIN = 1.2


def matmul_rates(repeats: int = 5) -> dict:
    """Measure how fast the CPU multiplies matrices, in a tenth of a second.

    Args:
        repeats (int): Products of each kind; the fastest one counts, since
            whatever else the machine does only slows some of them down.

    Returns:
        dict[torch.dtype, float]: GFLOP/s of float32 and of bfloat16.
    """
    pairs = {
        dtype:
        (torch.ones(_ROWS, _WIDTH,
                    dtype=dtype), torch.ones(_HIDDEN, _WIDTH, dtype=dtype))
        for dtype in (torch.float32, torch.bfloat16)
    }
    best = dict.fromkeys(pairs, float('inf'))
    for _ in range(repeats + 1):  # the first pair only warms up
        for dtype, (left, right) in pairs.items():
            begin = time.perf_counter()
            if onednn.multiplies(left):  # as the layers do
                onednn.product(left, right)
            else:
                torch.mm(left, right.t())
            best[dtype] = min(best[dtype], time.perf_counter() - begin)
    work = 2e-9 * _ROWS * _WIDTH * _HIDDEN
    return {dtype: work / seconds for dtype, seconds in best.items()}


@lru_cache(maxsize=None)
def fastest_dtype(device_type: str) -> torch.dtype:
    """Choose bfloat16 where it is faster, float32 elsewhere.

    A CPU is measured once per process: one that has the instructions for
    bfloat16 may still multiply faster in float32. Of several processes the
    first one decides for all.

    Args:
        device_type (str): 'cuda', 'cpu', ...

    Returns:
        torch.dtype: bfloat16 or float32.
    """
    if device_type == 'cuda':
        has = torch.cuda.is_bf16_supported()
        return torch.bfloat16 if has else torch.float32
    if device_type != 'cpu':
        return torch.float32
    rates = [matmul_rates()]
    dist.broadcast_object_list(rates)
    single, half = (rates[0][t] for t in (torch.float32, torch.bfloat16))
    dtype = torch.bfloat16 if half > _MARGIN * single else torch.float32
    print_log(
        f'precision: {str(dtype)[6:]} (products of matrices here: float32 '
        f'{single:.0f}, bfloat16 {half:.0f} GFLOP/s)',
        logger='current')
    return dtype
