"""Other values for the variables of a config, and all computed from them."""
import ast
import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Dict, List, Optional, Set, Tuple, Union

from mmengine.config import Config

from .config_checks import runner_keys

__all__ = ['merged_config', 'read_config']


def read_config(
        path: str,
        options: Optional[Dict[str, Any]] = None) -> Tuple[Config, Set[str]]:
    """Read a config; options that name its variables change them at once.

    MMEngine merges options after the file has been read, so what the file has
    computed from a variable keeps its value. Here a variable, e.g. ``size =
    224`` at the top of the file or of one of its bases, has its new value
    while the file is read.

    Args:
        path (str): The config.
        options (dict, optional): Dotted key to value. Keys of MMEngine's
            runner, keys with a dot and unknown keys are left for later.

    Returns:
        tuple[Config, set[str]]: The config, and the options that changed
        something computed from them.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be read as a config.
    """
    cfg = _read(path)
    keys = runner_keys()
    variables = {
        key: value
        for key, value in (options or {}).items()
        if '.' not in key and key in cfg and key not in keys
    }
    if not variables:
        return cfg, set()
    with TemporaryDirectory() as folder:
        copy = _copy(Path(path).resolve(), variables, Path(folder))
        changed = _read(str(copy))
        text = changed.text.replace(folder, str(Path(path).parent))
    others = [{
        key: value
        for key, value in each.to_dict().items() if key not in variables
    } for each in (cfg, changed)]
    if others[0] == others[1]:  # e.g. a file that MMEngine has written
        return cfg, set()
    return Config(
        changed._cfg_dict, cfg_text=text, filename=path), set(variables)


def merged_config(path: Union[str, Path],
                  options: Optional[Dict[str, Any]] = None) -> Config:
    """Read a config with all options in it.

    Args:
        path (str or Path): The config.
        options (dict, optional): See :func:`read_config`; what it leaves is
            merged as MMEngine does.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file cannot be read as a config.
    """
    cfg, settled = read_config(str(path), options)
    left = {k: v for k, v in (options or {}).items() if k not in settled}
    cfg.merge_from_dict(left)
    return cfg


def _read(path: str) -> Config:
    """Read a config; whatever is wrong with it is told with its name."""
    if len(str(path)) > 4000 or len(Path(path).name) > 255:
        raise ValueError(f'`config` has too long a name: {str(path)!r}')
    if '\0' in str(path) or not Path(path).is_file():
        found = 'a folder' if Path(str(path).replace(
            '\0', '')).is_dir() else 'no file'
        raise FileNotFoundError(
            f'`config`: there is {found} {str(path)!r} (seen from '
            f'{Path.cwd()}); configs of this project are under configs/mvd/')
    _check_bases(Path(path).resolve(), [])
    try:
        return Config.fromfile(path)
    except SyntaxError as error:
        reason = (f'{error.msg} in line {error.lineno} of '
                  f'{error.filename or path}')
    except OSError as error:
        reason = str(error)
    except (Exception, SystemExit) as error:  # it is a program of its own
        reason = f'{type(error).__name__}: {error}'
    raise ValueError(f'`config` {str(path)!r} cannot be read as a config: '
                     f'{reason}')


def _check_bases(path: Path, inside: List[Path]) -> None:
    """Refuse a circle, in which MMEngine would run for half a minute."""
    if path in inside:
        raise ValueError(
            f'`config` {str(inside[0])!r}: its bases (`_base_`) name each '
            f'other in a circle, {" -> ".join(p.name for p in inside)} -> '
            f'{path.name}')
    try:
        lines = ast.parse(path.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return  # no Python, or none that can be read: MMEngine says so
    for line in lines:
        if isinstance(line, ast.Assign) and getattr(line.targets[0], 'id',
                                                    None) == '_base_':
            for name in _names_of(line.value):
                if '::' not in name:
                    _check_bases((path.parent / name).resolve(),
                                 [*inside, path])


def _names_of(node: ast.AST) -> List[str]:
    try:
        names = ast.literal_eval(node)
    except ValueError:
        return []
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, (list, tuple)):
        return []
    return [name for name in names if isinstance(name, str)]


def _copy(path: Path, variables: Dict[str, Any], folder: Path) -> Path:
    """Write a config and its bases with other values; the new path.

    A file that neither holds a variable nor has a base that does is not
    copied.
    """
    text = path.read_text()
    edits: List[Tuple[ast.expr, str]] = []  # expression, its new text
    differs = False
    for line in ast.parse(text).body:
        if not isinstance(line, ast.Assign) or not isinstance(
                line.targets[0], ast.Name):
            continue
        name = line.targets[0].id
        if name == '_base_':
            bases = _bases(line.value, path, variables, folder)
            if bases is not None:
                edits.append((line.value, repr(bases)))
                differs |= any(Path(b).parent == folder for b in bases)
        elif name in variables:
            edits.append((line.value, _source(variables[name])))
            differs = True
    if not differs:
        return path
    lines = text.encode().splitlines(keepends=True)  # offsets count bytes
    for node, value in reversed(edits):
        first, last = node.lineno - 1, (node.end_lineno or 0) - 1
        before = lines[first][:node.col_offset]
        after = lines[last][node.end_col_offset:]
        lines[first:last + 1] = [before + value.encode() + after]
    copy = folder / f'{len(list(folder.iterdir()))}_{path.name}'
    copy.write_bytes(b''.join(lines))
    return copy


def _source(value: Any) -> str:
    """A value as Python reads it; `repr` of an infinite one is a name."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if isinstance(value, dict):
        items = [f'{_source(k)}: {_source(v)}' for k, v in value.items()]
        return f'{{{", ".join(items)}}}'
    if isinstance(value, (list, tuple)):
        text = ''.join(f'{_source(each)}, ' for each in value)
        return f'[{text}]' if isinstance(value, list) else f'({text})'
    return repr(value)


def _bases(node: ast.AST, path: Path, variables: Dict[str, Any],
           folder: Path) -> Optional[List[str]]:
    """Paths of the bases; None where only running the file tells them."""
    try:
        names = ast.literal_eval(node)
    except ValueError:
        return None
    return [
        name if '::' in name else str(
            _copy((path.parent / name).resolve(), variables, folder))
        for name in ([names] if isinstance(names, str) else names)
    ]
