"""Mixed precision without the GPU that MMEngine's own wrapper needs."""
from contextlib import contextmanager
from typing import Optional

import torch
from mmengine.device import get_device
from mmengine.logging import print_log
from mmengine.optim import OptimWrapper

from mvd_mm.registry import OPTIM_WRAPPERS
from mvd_mm.utils.precision import fastest_dtype

__all__ = ['AutocastOptimWrapper']

_DTYPES = dict(bfloat16=torch.bfloat16, float32=torch.float32)


@OPTIM_WRAPPERS.register_module()
class AutocastOptimWrapper(OptimWrapper):
    """Autocast in bfloat16, on GPUs and CPUs alike; no loss scaling.

    MMEngine's ``AmpOptimWrapper`` cannot be built without a GPU, although some
    CPUs gain as much from bfloat16. For float16 with loss scaling on a GPU,
    use ``AmpOptimWrapper``, as the published recipes do.

    Args:
        dtype (str): 'bfloat16', 'float32' (no autocast) or 'auto': bfloat16
            where it is faster, float32 elsewhere; see ``fastest_dtype``. A
            resumed run keeps what its first part chose.
        **kwargs: Arguments of ``OptimWrapper``.

    Raises:
        ValueError: If ``dtype`` is not one of these.
    """

    def __init__(self, dtype: str = 'auto', **kwargs) -> None:
        super().__init__(**kwargs)
        self.device_type = get_device()
        self.dtype = dtype
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

    def state_dict(self) -> dict:
        """Add the precision to the state of the optimiser."""
        return dict(super().state_dict(), cast_dtype=str(self.cast_dtype)[6:])

    def load_state_dict(self, state_dict: dict) -> None:
        """Go on in the precision that was chosen before."""
        state_dict = dict(state_dict)
        # files of older versions do not name it
        found = state_dict.pop('cast_dtype', str(self.cast_dtype)[6:])
        if found != str(self.cast_dtype)[6:]:
            takes = self.dtype == 'auto'
            print_log(
                f'precision: {found} in the checkpoint, '
                f'{str(self.cast_dtype)[6:]} here: the ' +
                ("checkpoint's is used" if takes else 'one of the config, '
                 f'`optim_wrapper.dtype={self.dtype!r}`, is used'),
                logger='current')
            if takes:
                self.cast_dtype = _DTYPES[found]
        super().load_state_dict(state_dict)
