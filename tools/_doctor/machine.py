"""Checks of the machine: kernels, precision, processes, memory."""
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from .finding import Finding

__all__ = [
    'attention_kernels', 'bfloat16', 'process_groups', 'cores',
    'shared_memory', 'disk'
]

GIB = 2**30


def attention_kernels() -> Finding:
    """Try each kernel of scaled_dot_product_attention."""
    import torch
    topic = 'attention kernels'
    attention = torch.nn.functional.scaled_dot_product_attention
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    dtype = torch.float16 if device == 'cuda' else torch.float32
    # (B, heads, L, width of a head)
    query = torch.ones(1, 2, 16, 64, device=device, dtype=dtype)
    try:
        from torch.nn.attention import SDPBackend, sdpa_kernel
    except ImportError:
        attention(query, query, query)
        return Finding(topic, 'ok', f'{device}: torch chooses')
    works = []
    for name in ('FLASH_ATTENTION', 'EFFICIENT_ATTENTION', 'MATH'):
        try:
            with sdpa_kernel(getattr(SDPBackend, name)):
                attention(query, query, query)
        except RuntimeError:
            continue
        works.append(name.replace('_ATTENTION', '').lower())
    fused = len(works) > 1
    return Finding(
        topic, 'ok' if fused else 'note', f'{device}: {", ".join(works)}',
        '' if fused else 'no fused kernel: long clips need much more memory')


def bfloat16() -> Finding:
    """Find out which precision is faster."""
    import torch
    if torch.cuda.is_available():
        has = torch.cuda.is_bf16_supported()
        return Finding(
            'bfloat16', 'ok' if has else 'note',
            'the GPU computes in it' if has else 'not on this GPU',
            '' if has else 'use AmpOptimWrapper (float16) as the recipes do')
    from mvd_mm.utils import fastest_dtype, matmul_rates
    rates = matmul_rates()
    return Finding(
        'bfloat16', 'ok', "'auto' takes "
        f'{str(fastest_dtype("cpu"))[6:]}; products of matrices: float32 '
        f'{rates[torch.float32]:.0f}, bfloat16 {rates[torch.bfloat16]:.0f} '
        'GFLOP/s')


def process_groups() -> Finding:
    """Form a group of one process over gloo; look for nccl."""
    import torch
    from torch import distributed
    topic = 'distributed'
    if not distributed.is_available():
        return Finding(topic, 'note', 'this torch has no torch.distributed',
                       'one process works; several need another build')
    with tempfile.TemporaryDirectory() as folder:
        distributed.init_process_group(
            'gloo',
            init_method=f'file://{folder}/store',
            rank=0,
            world_size=1,
            timeout=timedelta(seconds=30))
        try:
            total = torch.ones(1)
            distributed.all_reduce(total)
        finally:
            distributed.destroy_process_group()
    nccl = distributed.is_nccl_available()
    if torch.cuda.is_available() and not nccl:
        return Finding(topic, 'note', 'gloo works, nccl is missing',
                       'several GPUs need a torch with nccl')
    return Finding(topic, 'ok', 'gloo works' + ', nccl is there' * nccl)


def cores() -> Finding:
    """Count the cores this process may use (a container may limit them)."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        count = os.cpu_count() or 1
    return Finding(
        'cores', 'ok', f'{count}; train_dataloader.num_workers should not '
        'exceed them')


def shared_memory() -> Finding:
    """Loader workers hand batches over in /dev/shm."""
    topic, place = 'shared memory', Path('/dev/shm')
    if not place.is_dir():
        return Finding(topic, 'note', 'there is no /dev/shm')
    size = shutil.disk_usage(place).total / GIB
    # 32 clips of 16 x 3 x 224 x 224 bytes are 73 MiB; a loader of 10 workers
    # holds 20 such batches
    if size < 1:
        return Finding(
            topic, 'note', f'{size:.2f} GiB: loader workers may die with a '
            'bus error', 'docker run --shm-size=8g, or '
            'train_dataloader.num_workers=0')
    return Finding(topic, 'ok', f'{size:.1f} GiB')


def disk() -> Finding:
    """Look for room for checkpoints in the current folder."""
    free = shutil.disk_usage('.').free / GIB
    if free < 2:
        return Finding(
            'disk', 'note', f'{free:.1f} GiB free here: a ViT-B checkpoint '
            'with its optimiser takes 1.1 GiB', 'choose another --work-dir')
    return Finding('disk', 'ok', f'{free:.0f} GiB free here')
