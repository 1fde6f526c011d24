"""Reading a file of weights without executing anything in it; writing one."""
from pathlib import Path
from typing import Any, Dict, Optional

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from .atomic import whole_file
from .file_limits import check_declared, check_file
from .safe_loading import load_data

__all__ = ['check_is_file', 'check_target', 'read_content', 'write_state_dict']


def read_content(path: str,
                 trust: bool = False,
                 map_location: Any = 'cpu') -> dict:
    """Read everything that a file holds.

    Args:
        path (str): ``.pth``, ``.pt`` or ``.safetensors``.
        trust (bool): True lets the file run code of its own; for files whose
            writer you trust as you trust a program.
        map_location (Any): Where tensors go, see ``torch.load``.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not a checkpoint, is damaged, asks for too
            much or for a class that is not trusted.
    """
    check_is_file(path)
    try:
        check_file(path)
        if str(path).endswith('.safetensors'):
            with safe_open(str(path), framework='pt') as file:
                weights = {key: file.get_tensor(key) for key in file.keys()}
                return dict(state_dict=weights, meta=file.metadata() or {})
        content = torch.load(
            path, map_location, weights_only=False) if trust else load_data(
                path, map_location)
        check_declared(content, Path(path).stat().st_size)
        return content
    except Exception as error:  # damage shows as nearly anything
        raise ValueError(
            f'`checkpoint` {str(path)!r} cannot be read as weights: it is '
            'damaged, no checkpoint, or asks for classes that are not '
            f'trusted ({_reason(error)})') from error


def check_is_file(path: str, name: str = 'checkpoint') -> None:
    """Check that there is something that can be a file of weights.

    Args:
        path (str): Of the file.
        name (str): Of the argument, for the message.

    Raises:
        FileNotFoundError: If there is nothing of that name, or a folder.
        ValueError: If no file can have that name.
    """
    if '\0' in str(path):
        raise ValueError(f'`{name}` is no path, it holds a zero byte: '
                         f'{str(path)!r}')
    try:
        if Path(path).is_dir():
            raise FileNotFoundError(f'`{name}` is a folder: {str(path)!r}; '
                                    'name one of the files in it')
        if Path(path).is_file():
            return
    except FileNotFoundError:
        raise
    except OSError as error:  # e.g. the name is too long
        raise ValueError(f'`{name}` cannot be a file: {str(path)!r} '
                         f'({error.strerror})') from None
    raise FileNotFoundError(f'`{name}` does not exist: {str(path)!r}')


def _reason(error: Exception) -> str:
    """The line of torch's long message that says what is wrong."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    named = [line for line in lines if 'global' in line.lower()]
    reason = (named or lines)[0].split(' Please use')[0].strip()[:200]
    advice = (' Nothing of it ran. If you trust its writer: '
              'tools/model_converters/convert.py --trust')
    return reason + advice if named else reason


def check_target(path: str, overwrite: bool = False) -> None:
    """Refuse a file that cannot be written, before there is any work.

    Args:
        path (str): The file to be written.
        overwrite (bool): Allow that it exists.

    Raises:
        ValueError: If the name has another ending than ``.pth``, ``.pt`` and
            ``.safetensors``, or there is such a file.
    """
    if Path(path).suffix not in ('.pth', '.pt', '.safetensors'):
        raise ValueError('`dst` must end with .pth, .pt or .safetensors, got '
                         f'{str(path)!r}')
    if Path(path).exists() and not overwrite:
        raise ValueError(f'`dst` {str(path)!r} exists: choose another name or '
                         'add --overwrite')


def write_state_dict(weights: Dict[str, Tensor],
                     path: str,
                     section: str = 'state_dict',
                     meta: Optional[dict] = None) -> None:
    """Write weights into a file.

    Args:
        weights (dict): Weights by name.
        path (str): ``.pth``, ``.pt`` or ``.safetensors``; replaced.
        section (str): Key that they stand below, unless in ``.safetensors``.
        meta (dict, optional): Plain values that are kept beside them;
            ``.safetensors`` holds text.

    Raises:
        ValueError: If the name has another ending.
    """
    check_target(path, overwrite=True)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    weights = {key: value.detach() for key, value in weights.items()}
    for key, value in weights.items():
        if value.untyped_storage().nbytes() > value.nbytes:
            weights[key] = value.clone()  # without the rest of the storage
    with whole_file(target) as partial:
        if target.suffix == '.safetensors':
            dense = {k: v.contiguous() for k, v in weights.items()}
            text = {k: str(v) for k, v in (meta or {}).items()}
            save_file(dense, str(partial), metadata=text)
        else:
            beside = {} if meta is None else dict(meta=meta)
            torch.save({section: weights, **beside}, partial)
