"""Other values for the variables of a config, and all computed from them."""
import ast
import inspect
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Dict, List, Optional, Set, Tuple, Union

from mmengine.config import Config
from mmengine.runner import Runner

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
    keys = set(inspect.signature(Runner.__init__).parameters)
    variables = {
        key: value
        for key, value in (options or {}).items()
        if '.' not in key and key in cfg and key not in keys
    }
    if not variables:
        return cfg, set()
    with TemporaryDirectory() as folder:
        copy = _copy(Path(path).resolve(), variables, Path(folder))
        changed = Config.fromfile(copy)
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
    if '\0' in str(path) or not Path(path).is_file():
        found = 'a folder' if Path(str(path).replace(
            '\0', '')).is_dir() else 'no file'
        raise FileNotFoundError(
            f'`config`: there is {found} {str(path)!r} (seen from '
            f'{Path.cwd()}); configs of this project are under configs/mvd/')
    try:
        return Config.fromfile(path)
    except RecursionError:
        reason = 'its bases (`_base_`) name each other in a circle'
    except SyntaxError as error:
        reason = (f'{error.msg} in line {error.lineno} of '
                  f'{error.filename or path}')
    except OSError as error:
        reason = str(error)
    except Exception as error:  # a config is a program of its own
        reason = f'{type(error).__name__}: {error}'
    raise ValueError(f'`config` {str(path)!r} cannot be read as a config: '
                     f'{reason}')


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
            edits.append((line.value, repr(variables[name])))
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
