"""Reading weights from a file safely, and writing them."""
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, Optional

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from .limits import check_declared, check_file
from .wrappers import unwrap

__all__ = [
    'check_target', 'naming_file', 'read_content', 'read_state_dict',
    'write_state_dict'
]


@contextmanager
def naming_file(path: str) -> Iterator[None]:
    """Let errors about what a file holds name the file."""
    try:
        yield
    except (KeyError, ValueError) as error:
        message = error.args[0] if error.args else ''
        if str(path) in str(message):
            raise
        kind = KeyError if isinstance(error, KeyError) else ValueError
        raise kind(f'{str(path)!r}: {message}') from error


def check_target(path: str, overwrite: bool = False) -> None:
    """Refuse a file that cannot be written, before there is any work.

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


def read_content(path: str, trust: bool = False) -> dict:
    """Read everything that a file holds, to the CPU.

    Args:
        path (str): ``.pth``, ``.pt`` or ``.safetensors``.
        trust (bool): True lets the file run code of its own; for files whose
            writer you trust as you trust a program.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not a checkpoint, is damaged, asks for too
            much or for a class that is not trusted.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'`checkpoint` does not exist: {str(path)!r}')
    try:
        check_file(path)
        if str(path).endswith('.safetensors'):
            with safe_open(str(path), framework='pt') as file:
                weights = {key: file.get_tensor(key) for key in file.keys()}
                return dict(state_dict=weights, meta=file.metadata() or {})
        content = torch.load(path, map_location='cpu', weights_only=not trust)
        check_declared(content, Path(path).stat().st_size)
        return content
    # damage shows as nearly anything: struct.error, OSError, IndexError ...
    except Exception as error:
        raise ValueError(
            f'`checkpoint` {str(path)!r} cannot be read as weights: it is '
            'damaged, no checkpoint, or asks for classes that are not '
            f'trusted ({_reason(error)})') from error


def _reason(error: Exception) -> str:
    """The line of torch's long message that says what is wrong."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    named = [line for line in lines if 'global' in line.lower()]
    reason = (named or lines)[0].split(' Please use')[0].strip()[:200]
    return reason if not named else (
        f'{reason} Nothing of it ran. If you trust its writer: '
        'tools/model_converters/convert.py --trust')


def read_state_dict(path: str,
                    section: Optional[str] = None,
                    trust: bool = False) -> Dict[str, Tensor]:
    """Read the weights of a checkpoint, whatever they are wrapped in.

    Args and errors are those of :func:`read_content` and :func:`unwrap`.
    """
    return unwrap(read_content(path, trust), str(path), section)


def write_state_dict(weights: Dict[str, Tensor],
                     path: str,
                     section: str = 'state_dict',
                     meta: Optional[dict] = None) -> None:
    """Write weights alone, to ``.pth`` or ``.pt`` below ``section``.

    ``meta`` is kept beside them, plain values; ``.safetensors`` holds them as
    text.

    Raises:
        ValueError: If the name has another ending.
    """
    check_target(path, overwrite=True)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # no storage shared with a larger tensor goes into the file
    weights = {
        k: v.clone() if v.untyped_storage().nbytes() > v.nbytes else v
        for k, v in ((k, v.detach()) for k, v in weights.items())
    }
    # a run that breaks off leaves no partial file, and an old one intact
    partial = target.with_name(f'.{target.stem}.part{target.suffix}')
    try:
        if target.suffix == '.safetensors':
            dense = {k: v.contiguous() for k, v in weights.items()}
            text = {k: str(v) for k, v in (meta or {}).items()}
            save_file(dense, str(partial), metadata=text)
        else:
            beside = {} if meta is None else dict(meta=meta)
            torch.save({section: weights, **beside}, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
