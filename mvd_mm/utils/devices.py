"""Where a network computes."""
from typing import Optional

import torch
from mmengine.device import get_device

__all__ = ['chosen_device']


def chosen_device(device: Optional[str] = None) -> str:
    """The device of a command, or an early error.

    Args:
        device (str, optional): E.g. ``'cpu'`` or ``'cuda:0'``; None: a GPU if
            there is one.

    Raises:
        ValueError: If there is no such device here.
    """
    if device is None:
        return get_device()
    try:
        kind = torch.device(device)
    except RuntimeError:
        raise ValueError(f"`device` {device!r} is none: write 'cpu', 'cuda' "
                         "or 'cuda:0'") from None
    if kind.type == 'cuda' and (kind.index or 0) >= torch.cuda.device_count():
        raise ValueError(
            f'`device` {device!r}: PyTorch finds {torch.cuda.device_count()} '
            'GPUs here; `python tools/doctor.py` says why one is not seen')
    return device
