"""Mixed precision without the GPU that MMEngine's own wrapper needs."""
from contextlib import contextmanager
from typing import Optional

import torch
from mmengine.device import get_device
from mmengine.optim import OptimWrapper

from mvd_mm.registry import OPTIM_WRAPPERS
from mvd_mm.utils.precision import fastest_dtype

__all__ = ['AutocastOptimWrapper']

_DTYPES = dict(bfloat16=torch.bfloat16, float32=torch.float32)


@OPTIM_WRAPPERS.register_module()
class AutocastOptimWrapper(OptimWrapper):
    """Autocast in bfloat16, on GPUs and CPUs alike; no loss scaling.

    MMEngine's ``AmpOptimWrapper`` cannot be built without a GPU, although
    CPUs with AVX-512 BF16 or AMX gain from bfloat16 as well. For float16 with
    loss scaling on a GPU, use ``AmpOptimWrapper``, as the published recipes
    do.

    Args:
        dtype (str): 'bfloat16', 'float32' (no autocast) or 'auto': bfloat16
            where the hardware computes in it, float32 elsewhere.
        **kwargs: Arguments of ``OptimWrapper``.

    Raises:
        ValueError: If ``dtype`` is not one of these.
    """

    def __init__(self, dtype: str = 'auto', **kwargs) -> None:
        super().__init__(**kwargs)
        self.device_type = get_device()
        if dtype == 'auto':
            self.cast_dtype = fastest_dtype(self.device_type)
        elif dtype in _DTYPES:
            self.cast_dtype = _DTYPES[dtype]
        else:
            hint = ('; float16 needs loss scaling: use AmpOptimWrapper on a '
                    'GPU' if dtype == 'float16' else '')
            raise ValueError("`dtype` must be 'auto' or one of "
                             f'{sorted(_DTYPES)}, got {dtype!r}{hint}')

    @contextmanager
    def optim_context(self, model: Optional[torch.nn.Module]):
        """Autocast, and what the parent does for accumulation."""
        with super().optim_context(model), torch.autocast(
                self.device_type,
                dtype=self.cast_dtype if self.enabled else torch.bfloat16,
                enabled=self.enabled):
            yield

    @property
    def enabled(self) -> bool:
        """Whether anything is cast."""
        return self.cast_dtype != torch.float32
