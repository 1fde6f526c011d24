"""``torch.load`` that executes nothing, with every supported torch."""
import pickle
from functools import lru_cache
from types import ModuleType
from typing import Any, BinaryIO, Dict, Union

import torch
from mmengine.utils import digit_version

from .trusted_classes import trusted_names

__all__ = ['DATA_PICKLE', 'load_data']


@lru_cache(maxsize=None)
def _names() -> Dict[str, Any]:
    return trusted_names()


class _DataUnpickler(pickle.Unpickler):
    """Refuse every name that is not on the list."""

    def find_class(self, module: str, name: str) -> Any:
        """Look up a name; nothing is imported for it."""
        full = f'{module}.{name}'
        # Python 2 wrote `__builtin__`
        full = full.replace('__builtin__.', 'builtins.')
        if full not in _names():
            raise pickle.UnpicklingError(
                f'the file asks for the global {full}, which is not trusted')
        return _names()[full]


def _load(file: BinaryIO, **options: Any) -> Any:
    return _DataUnpickler(file, **options).load()


#: takes the place of the module ``pickle`` in ``torch.load``
DATA_PICKLE: Any = ModuleType('data_pickle')
DATA_PICKLE.Unpickler = _DataUnpickler
DATA_PICKLE.load = _load


def load_data(file: Union[str, BinaryIO], map_location: Any = 'cpu') -> Any:
    """Read a file of ``torch.save``; nothing in it runs.

    torch reads the checkpoints of MMEngine with ``weights_only=True`` from 2.6
    on. Before, it has no list of trusted classes (2.1 to 2.3), or one that
    does not suffice, and runs anything by default: there, the same list
    restricts Python's own pickle.

    Args:
        file (str or file): Path, or file opened for reading.
        map_location (Any): See ``torch.load``.

    Raises:
        pickle.UnpicklingError: If it asks for anything that is not trusted.
    """
    if digit_version(torch.__version__) >= digit_version('2.6'):
        return torch.load(file, map_location, weights_only=True)
    return torch.load(
        file, map_location, pickle_module=DATA_PICKLE, weights_only=False)
