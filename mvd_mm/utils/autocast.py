"""What autocast and compilation do at the moment, for any torch."""
from typing import Optional

import torch

__all__ = ['autocast_dtype', 'is_compiling']


def autocast_dtype(device_type: str) -> Optional[torch.dtype]:
    """What autocast multiplies in on a kind of device; None: it is off."""
    if hasattr(torch, 'get_autocast_dtype'):
        return (torch.get_autocast_dtype(device_type)
                if torch.is_autocast_enabled(device_type) else None)
    # torch below 2.4 has one function for GPUs and one for CPUs
    if device_type == 'cpu':
        return (torch.get_autocast_cpu_dtype()
                if torch.is_autocast_cpu_enabled() else None)
    return (torch.get_autocast_gpu_dtype()
            if torch.is_autocast_enabled() else None)


def is_compiling() -> bool:
    """Whether ``torch.compile`` is reading the code."""
    # torch below 2.3 has it in a private module alone
    if hasattr(torch.compiler, 'is_compiling'):
        return torch.compiler.is_compiling()
    return torch._dynamo.is_compiling()
