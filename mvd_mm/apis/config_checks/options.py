"""Refuse options of the command line that nothing would ever read."""
import warnings
from typing import Any, Optional

from mmengine.config import Config

from .sections import runner_keys
from .suggestions import suggest

__all__ = ['check_config_options', 'merge_options']


def check_config_options(cfg: Config, options: Optional[dict]) -> None:
    """Check the keys of ``--cfg-options`` before they are merged.

    Args:
        cfg (Config): The config the options will be merged into.
        options (dict, optional): Dotted key to value, as ``DictAction``
            returns them.

    Raises:
        ValueError: If a top-level key is neither in the config nor known to
            MMEngine's runner, or a key inside a variable of the config is not
            there, so that nothing would ever read it.

    Warns:
        UserWarning: If a key is a plain variable of the config. Values that
            the file computed from it do not change any more.
    """
    known = runner_keys()
    for option, value in (options or {}).items():
        key, *inner = option.split('.')
        if key not in known | set(cfg):
            raise ValueError(
                f'`--cfg-options {option}={value}`: neither the config nor '
                f"MMEngine's Runner knows {key!r}; "
                f'{suggest(key, known | set(cfg))}')
        if not all(option.split('.')):
            raise ValueError(f'`--cfg-options {option}={value}`: the key has '
                             'an empty part; write e.g. '
                             '`optim_wrapper.optimizer.lr=1e-3`')
        if key not in known:
            _check_inside(cfg[key], inner, f'{option}={value}')
            warnings.warn(
                f'`--cfg-options {option}={value}` sets a variable of the '
                'config file; what the file computed from it keeps its '
                'value. Name the final place instead, e.g. '
                '`optim_wrapper.optimizer.lr` or `train_dataloader.batch_size`'
            )


def _check_inside(node: Any, keys: list, option: str) -> None:
    for key in keys:
        if isinstance(node, dict) and key not in node:
            raise ValueError(f'`--cfg-options {option}`: the config has no '
                             f'{key!r} there; {suggest(key, node)}')
        if not isinstance(node, dict):
            return
        node = node[key]


def merge_options(cfg: Config, options: Optional[dict]) -> None:
    """Merge ``--cfg-options``, one by one.

    Args:
        cfg (Config): Changed.
        options (dict, optional): Values by dotted key.

    Raises:
        ValueError: If the config has a value of another kind in its place;
            names the option.
    """
    for option, value in (options or {}).items():
        try:
            _check_path(cfg, option.split('.'))
            cfg.merge_from_dict({option: value})
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            reason = error.args[0] if error.args else error
            raise ValueError(f'`--cfg-options {option}={value}` does not fit '
                             f'the config: {reason}') from None


def _check_path(node: Any, keys: list) -> None:
    """MMEngine replaces a value by a dict where an option goes deeper."""
    place = ''
    for key in keys[:-1]:
        if isinstance(node, (list, tuple)):
            if not key.isdecimal() or int(key) >= len(node):
                raise KeyError(f'`{place}` is a list of {len(node)}, where '
                               f'{key!r} names no item')
            node = node[int(key)]
        elif isinstance(node, dict) or isinstance(node, Config):
            node = node.get(key)
        else:
            break
        place = f'{place}.{key}'.lstrip('.')
        if isinstance(node, (str, int, float)) and not isinstance(node, bool):
            raise KeyError(f'`{place}` is {node!r}, which has nothing inside')
