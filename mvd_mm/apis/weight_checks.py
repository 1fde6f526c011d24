"""Refuse files of weights that no run can start from, by their keys."""
from typing import Any, Iterator, Tuple

from mmengine.config import Config

from mvd_mm.utils.file_limits import check_file
from mvd_mm.utils.weight_files import check_is_file

__all__ = ['check_weight_file', 'check_weight_files']


def check_weight_files(cfg: Config, train: bool) -> None:
    """Check every file of weights that a run is going to read.

    Args:
        cfg (Config): A whole config, after all overrides.
        train (bool): Whether the run trains: only then are the weights of
            teachers and of pre-training read.

    Raises:
        FileNotFoundError: If one does not exist or is a folder.
        ValueError: If one is empty, cut short or no checkpoint.
    """
    # a strategy's checkpoints may be folders
    if cfg.get('load_from') is not None and 'strategy' not in cfg:
        check_weight_file(cfg.load_from, 'load_from')
    if train:
        for key, path, owner in _files(cfg.get('model') or {}, 'model'):
            try:
                check_weight_file(path, key)
            except FileNotFoundError as error:
                raise FileNotFoundError(
                    f'{error}, the `checkpoint` of {owner}. Put the file '
                    f'there or name another: --cfg-options {key}=FILE (see '
                    'docs/checkpoints.md and docs/teachers.md)') from None


def check_weight_file(path: Any, key: str) -> None:
    """Check one file, as far as that takes no time; errors as above."""
    if not isinstance(path, str) or not path:
        raise ValueError(f'`{key}` must be the path of a file, got {path!r}')
    if '://' in path:
        return
    check_is_file(path, key)
    try:
        check_file(path)
    except (ValueError, OSError, RuntimeError) as error:
        raise ValueError(
            f'`{key}` {path!r} cannot be read as weights: {error}') from None
    except Exception as error:  # a damaged table of a zip file
        raise ValueError(f'`{key}` {path!r} cannot be read as weights: it is '
                         f'damaged ({error})') from None


def _files(node: Any, key: str) -> Iterator[Tuple[str, Any, str]]:
    """Yield key, path and class of each file below a node."""
    if isinstance(node, (list, tuple)):
        for index, child in enumerate(node):
            yield from _files(child, f'{key}.{index}')
    if not isinstance(node, dict):
        return
    if node.get('checkpoint') is not None:
        yield f'{key}.checkpoint', node['checkpoint'], str(node.get('type'))
    for name, child in node.items():
        yield from _files(child, f'{key}.{name}')
