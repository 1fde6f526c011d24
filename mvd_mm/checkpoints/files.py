"""Reading weights from a file safely, and writing them."""
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, Optional

import torch
from torch import Tensor

from .limits import check_file
from .wrappers import unwrap

__all__ = [
    'check_target', 'naming_file', 'read_content', 'read_state_dict',
    'write_state_dict'
]

# a file may declare this much more than it holds: tensors of a few numbers
# spread over a shape cost nothing until they are copied
_SPREAD = 8 * 2**30


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
    """Read everything that a file holds.

    Args:
        path (str): ``.pth``, ``.pt`` or ``.safetensors``; nothing in it is
            executed.
        trust (bool): True lets the file run code of its own; for files whose
            writer you trust as you trust a program.

    Returns:
        dict: Weights, and what else is there, on the CPU.

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
            return _read_safetensors(str(path))
        content = torch.load(path, map_location='cpu', weights_only=not trust)
        _check_declared(content, Path(path).stat().st_size)
        return content
    # damage shows as nearly anything: struct.error, OSError, IndexError ...
    except Exception as error:
        raise ValueError(
            f'`checkpoint` {str(path)!r} cannot be read as weights: it is '
            'damaged, no checkpoint, or asks for classes that are not '
            f'trusted ({_reason(error)})') from error


def _check_declared(content: object, size: int) -> None:
    """Refuse shapes far beyond what the file holds."""
    groups = [content] if isinstance(content, dict) else []
    groups += [v for g in groups[:] for v in g.values() if isinstance(v, dict)]
    sizes = {
        key: value.numel() * value.element_size()
        for group in groups
        for key, value in group.items() if isinstance(value, Tensor)
    }
    if sum(sizes.values()) > size + _SPREAD:
        raise ValueError(
            f'its tensors would fill {sum(sizes.values())} bytes, the file '
            f'has {size}; the largest is {max(sizes, key=sizes.get)!r}')


def _read_safetensors(path: str) -> dict:
    from safetensors import safe_open
    with safe_open(path, framework='pt') as file:
        weights = {key: file.get_tensor(key) for key in file.keys()}
        return dict(state_dict=weights, meta=file.metadata() or {})


def _reason(error: Exception) -> str:
    """The line of torch's long message that says what is wrong."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    named = [line for line in lines if 'global' in line.lower()]
    reason = (named or lines)[0].split(' Please use')[0].strip()[:200]
    if named:
        reason += (' Nothing of it ran. If you trust its writer: '
                   'tools/model_converters/convert.py --trust')
    return reason


def read_state_dict(path: str,
                    section: Optional[str] = None,
                    trust: bool = False) -> Dict[str, Tensor]:
    """Read the weights of a checkpoint, whatever they are wrapped in.

    Args:
        path (str): See :func:`read_content`.
        section (str, optional): Entry of the file to take, e.g. 'model_ema';
            by default the first of ``SECTIONS`` that holds weights.
        trust (bool): See :func:`read_content`.

    Returns:
        dict: Weights by name, on the CPU, as :func:`unwrap` gives them.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be read, or holds no weights.
    """
    return unwrap(read_content(path, trust), str(path), section)


def write_state_dict(weights: Dict[str, Tensor],
                     path: str,
                     section: str = 'state_dict',
                     meta: Optional[dict] = None) -> None:
    """Write weights alone.

    Args:
        weights (dict): Weights by name.
        path (str): ``.safetensors``, ``.pth`` or ``.pt``.
        section (str): Entry of a ``.pth`` that holds them.
        meta (dict, optional): Kept beside them in a ``.pth``; plain values.

    Raises:
        ValueError: If the name has another ending.
    """
    check_target(path, overwrite=True)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # no storage shared with a larger tensor goes into the file
    weights = {k: _own_storage(v.detach()) for k, v in weights.items()}
    # a run that breaks off leaves no half a file, nor one less than before
    partial = path.with_name(f'.{path.stem}.part{path.suffix}')
    try:
        if path.suffix == '.safetensors':
            from safetensors.torch import save_file
            save_file({
                k: v.contiguous()
                for k, v in weights.items()
            },
                      str(partial),
                      metadata={
                          k: str(v)
                          for k, v in (meta or {}).items()
                      })
        else:
            content = {section: weights}
            if meta is not None:
                content['meta'] = meta
            torch.save(content, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _own_storage(tensor: Tensor) -> Tensor:
    size = tensor.numel() * tensor.element_size()
    return tensor.clone() if tensor.untyped_storage().nbytes() > size \
        else tensor
