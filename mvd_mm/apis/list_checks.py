"""Refuse missing lists of videos before a run starts, by their keys."""
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from mmengine.config import Config

__all__ = ['check_lists']

# the classes of this project that read a list of videos
_TYPES = ('mvd_mm.CheckedVideoDataset', 'mvd_mm.RepeatedAugDataset')


def check_lists(cfg: Config, parts: Sequence[str]) -> None:
    """Check that the lists of videos of some parts of a run exist.

    A dataset cannot name the key that it was configured with; the config can.

    Args:
        cfg (Config): A whole config, after all overrides.
        parts (Sequence[str]): Of 'train', 'val' and 'test'. A part without
            its ``_cfg`` does not run and is not checked.

    Raises:
        FileNotFoundError: If a list does not exist; the message names every
            key that holds it.
    """
    missing: Dict[str, List[str]] = {}
    for part in parts:
        if cfg.get(f'{part}_cfg') is None:
            continue
        for name in (f'{part}_dataloader', f'{part}_cfg'):
            for key, path in _lists(cfg.get(name), name):
                if not _is_file(path):
                    missing.setdefault(path, []).append(key)
    if missing:
        path, keys = next(iter(missing.items()))
        raise FileNotFoundError(
            f'`ann_file` does not exist: {path!r} (seen from {Path.cwd()}), '
            f"named by {' and '.join(f'`{key}`' for key in keys)}. Write it "
            'with tools/data/build_annotations.py, or name another one: '
            f"--cfg-options {' '.join(f'{key}=FILE' for key in keys)}")


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:  # the name is too long
        return False


def _lists(node: Any, key: str) -> Iterator[Tuple[str, str]]:
    """Yield key and path of each list of videos below a node."""
    if not isinstance(node, dict):
        return
    path = node.get('ann_file')
    if node.get('type') in _TYPES and isinstance(path, str):
        root = node.get('data_root')
        yield f'{key}.ann_file', str(Path(root, path)) if root else path
    for name, child in node.items():
        yield from _lists(child, f'{key}.{name}')
