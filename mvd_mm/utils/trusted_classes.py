"""Classes that are data: all that a file of weights may ask for."""
from argparse import Namespace
from collections import OrderedDict
from pickle import UnpicklingError
from typing import Any, Dict

import numpy as np
import torch
from mmengine.logging import HistoryBuffer

__all__ = ['CLASSES', 'HOSTS', 'statistic_of', 'trusted_names']

_REBUILD: Any = np.ndarray.__reduce__(np.zeros(0))[0]
_SCALAR: Any = np.float64(0).__reduce__()[0]
_SCALARS = (np.float64, np.float32, np.int64, np.int32, np.bool_)

#: what torch does not know by itself. MMEngine 0.10 checkpoints hold a
#: ``HistoryBuffer`` with NumPy arrays; the published files of MVD, VideoMAE
#: and MAE hold an ``argparse.Namespace``
CLASSES = [
    Namespace,
    HistoryBuffer,
    np.ndarray,
    np.dtype,
    _REBUILD,
    _SCALAR,
    *_SCALARS,
    # NumPy >= 1.25 pickles the concrete dtype class as well
    *{type(np.dtype(scalar))
      for scalar in _SCALARS},
]


def statistic_of(owner: type, name: str) -> Any:
    """The only use of ``getattr`` that a checkpoint may make."""
    if owner is not HistoryBuffer or name not in ('min', 'max', 'current',
                                                  'mean'):
        raise UnpicklingError(f'the file asks for attribute {name!r} of '
                              f'{owner!r}, which is not trusted')
    return getattr(owner, name)


#: names that stand for something else than what they name. A buffer names its
#: own statistics by ``getattr``. NumPy 2 moved its core, so a file written
#: under NumPy 2 holds another name than one written under NumPy 1; both can be
#: read
HOSTS: Dict[str, Any] = {
    'builtins.getattr': statistic_of,
    **{
        f'numpy.{core}.multiarray.{function.__name__}': function
        for function in (_REBUILD, _SCALAR)
        for core in ('core', '_core')
    }
}


def trusted_names() -> Dict[str, Any]:
    """All that a checkpoint may name, by its full name in the file.

    That is ``HOSTS``, ``CLASSES``, and what tensors consist of, for versions
    of torch that have no such list of their own.
    """
    own = [
        OrderedDict, set, frozenset, complex, bytearray, torch.Size,
        torch.device, torch.Tensor, torch.nn.Parameter, *CLASSES,
        *(getattr(torch._utils, name)
          for name in ('_rebuild_tensor', '_rebuild_tensor_v2',
                       '_rebuild_parameter')),
        *(value for value in vars(torch).values()
          if isinstance(value, type) and value.__name__.endswith('Storage'))
    ]
    names = {f'{each.__module__}.{each.__name__}': each for each in own}
    names.update({
        str(value): value
        for value in vars(torch).values() if isinstance(value, torch.dtype)
    })
    # how Python 3 writes bytes in a pickle that Python 2 can read
    names['_codecs.encode'] = _latin_bytes
    return {**names, **HOSTS}


def _latin_bytes(text: str, encoding: str) -> bytes:
    if encoding != 'latin1':
        raise UnpicklingError(f'the file asks for the encoding {encoding!r}, '
                              'which is not trusted')
    return text.encode('latin1')
