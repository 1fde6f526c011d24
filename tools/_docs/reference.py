"""The reference: every public name of every room, from its docstring."""
import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Dict, List

import mvd_mm

__all__ = ['public_names', 'rooms', 'write_reference']


def rooms() -> List[str]:
    """Packages and modules of mvd_mm that say what is public in them."""
    root = Path(mvd_mm.__file__).parent
    folders = sorted(
        path.parent.relative_to(root) for path in root.rglob('__init__.py')
        if '.mim' not in path.parts)
    names = ['.'.join(('mvd_mm', *folder.parts)) for folder in folders]
    return [*names[1:], 'mvd_mm.compat', 'mvd_mm.registry']


def public_names(room: ModuleType) -> Dict[str, object]:
    """What a room exports, besides other rooms."""
    return {
        name: getattr(room, name)
        for name in room.__all__ if not inspect.ismodule(getattr(room, name))
    }


def write_reference(folder: Path) -> int:
    """Write a page for each room, and one that lists them.

    Args:
        folder (Path): Where to write the pages.

    Returns:
        int: Number of names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seen: Dict[int, str] = {}
    pages = []
    # a name stands on the page of the innermost room that exports it
    for name in sorted(rooms(), key=lambda n: (-n.count('.'), n)):
        room = importlib.import_module(name)
        here = public_names(room)
        new = {k: v for k, v in here.items() if id(v) not in seen}
        seen.update({id(v): f'{name}.{k}' for k, v in new.items()})
        elsewhere = {seen[id(v)]: v for k, v in here.items() if k not in new}
        pages.append(name)
        (folder / f'{name}.rst').write_text(
            _page(name, room, new, elsewhere), 'utf-8')
    (folder / 'index.rst').write_text(_index(sorted(pages)), 'utf-8')
    return len(seen)


def _page(name: str, room: ModuleType, new: Dict[str, object],
          elsewhere: Dict[str, object]) -> str:
    title = f'``{name}``'
    lines = [title, '=' * len(title), '']
    summary = inspect.getdoc(room)
    if summary:
        lines += [summary, '']
    lines += [f'.. currentmodule:: {name}', '']
    for key, value in sorted(new.items()):
        lines += [*_entry(f'{name}.{key}', value), '']
    if elsewhere:
        lines += ['Of the rooms inside and below:', '']
        for path, value in sorted(elsewhere.items()):
            short = path.rpartition('.')[2]
            lines += [f'* :py:obj:`{short} <{path}>`: {_summary(value)}']
    return '\n'.join(lines) + '\n'


def _summary(value: object) -> str:
    """The first paragraph of a docstring; of a table there is none."""
    if not callable(value):
        return f'a {type(value).__name__}'
    return ' '.join((inspect.getdoc(value) or '').split('\n\n')[0].split())


def _entry(path: str, value: object) -> List[str]:
    if inspect.isclass(value):
        return [
            f'.. autoclass:: {path}', '   :members:', '   :show-inheritance:'
        ]
    if callable(value):
        return [f'.. autofunction:: {path}']
    # a registry names its classes, a dictionary its keys
    keys = ', '.join(f'``{key}``'
                     for key in getattr(value, 'module_dict', value))
    return [
        f'.. py:data:: {path}', f'   :type: {type(value).__name__}', '',
        f'   Of {keys}.'
    ]


def _index(pages: List[str]) -> str:
    lines = [
        'Reference', '=========', '',
        'Every public name, by the room that holds it. Configs write classes '
        'that are registered as ``mvd_mm.X``.', '', '.. toctree::',
        '   :maxdepth: 1', ''
    ]
    return '\n'.join(lines + [f'   {name}' for name in pages]) + '\n'
