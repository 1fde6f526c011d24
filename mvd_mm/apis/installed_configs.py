"""Where the configs are that were installed with the package."""
from difflib import get_close_matches
from pathlib import Path

__all__ = ['config_file']


def config_file(name: str) -> str:
    """Path of a config of this package, e.g. for ``_base_``.

    Args:
        name (str): Below ``configs``, e.g. '_base_/default_runtime.py', or the
            file's name alone where only one file has it.

    Returns:
        str: Absolute path.

    Raises:
        FileNotFoundError: If there is no such config; suggests others.
    """
    root = Path(__file__).resolve().parents[1] / '.mim' / 'configs'
    if (root / name).is_file():
        return str(root / name)
    paths = {str(p.relative_to(root)): p for p in sorted(root.rglob('*.py'))}
    same = [str(path) for path in paths.values() if path.name == name]
    if len(same) == 1:
        return same[0]
    close = get_close_matches(name, paths, n=3, cutoff=0.4)
    raise FileNotFoundError(f'`name` {name!r} is not a config below {root}; '
                            f'did you mean one of {close}?')
