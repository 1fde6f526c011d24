"""The pages of the site: docs/, and every file of the clone they lead to."""
import os
import shutil
from pathlib import Path
from typing import List, Optional

from .links import links, replace_links
from .navigation import chapters, table_of_contents

__all__ = ['stage']

_PICTURES = ('.png', '.gif', '.svg', '.jpg')
# what a listing is coloured as
_LANGUAGES = {'.py': 'python', '.sh': 'bash', '.yml': 'yaml'}


def stage(root: Path, folder: Path) -> List[Path]:
    """Copy pages into a folder, with the places that they have in the clone.

    Links between pages work as they are. A file that is no page, such as a
    config, becomes one that shows it, so that a link leads somewhere without
    a network too.

    Args:
        root (Path): The clone.
        folder (Path): Where to write; its ``docs/index.md`` begins the site.

    Returns:
        list[Path]: The pages, relative to the clone.

    Raises:
        FileNotFoundError: If a page links to a file that is not there.
    """
    index = Path('docs', 'index.md')
    chosen = {
        _inside(root, index, page)
        for pages in chapters((root / index).read_text('utf-8')).values()
        for _, page in pages
    }
    waiting = sorted(p.relative_to(root) for p in root.glob('docs/**/*.md'))
    done: List[Path] = []
    while waiting:
        page = waiting.pop()
        if page in done:
            continue
        done.append(page)
        if page.suffix in _PICTURES:
            _write(folder / page, None, root / page)
        elif page.suffix == '.md':
            text = (root / page).read_text('utf-8')
            for target in links(text):
                file = _inside(root, page, target)
                if file is not None and file not in done:
                    waiting.append(file)
            text = replace_links(text, lambda t: _in_site(root, page, t))
            if page == index:
                text += table_of_contents(text)
            elif page.parts[0] != 'docs' and page not in chosen:
                text = _orphan(text)
            _write(folder / page, text)
        else:
            _write(folder / f'{page}.md', _listing(root, page))
    return done


def _inside(root: Path, page: Path, target: str) -> Optional[Path]:
    """The file of the clone that a link of a page means, if it means one."""
    target = target.split('#')[0]
    if not target or '://' in target or target.startswith('mailto:'):
        return None
    file = Path(os.path.normpath(page.parent / target))
    if file.parts[0] == '..' or not (root / file).exists():
        raise FileNotFoundError(
            f'{page} links to {target}, which is not there: {file}')
    return file


def _in_site(root: Path, page: Path, target: str) -> str:
    file = _inside(root, page, target)
    if file is None or file.suffix in ('.md', *_PICTURES):
        return target
    return f'{target.rstrip("/")}.md'


def _orphan(text: str) -> str:
    """Say that a page is meant to be in no table of contents."""
    return f'---\norphan: true\n---\n{text}'


def _listing(root: Path, file: Path) -> str:
    path = root / file
    if path.is_dir():
        names = sorted(
            p.relative_to(root).as_posix() for p in path.iterdir()
            if not p.name.startswith(('.', '__pycache__')))
        body = '\n'.join(f'- `{name}`' for name in names)
    else:
        language = _LANGUAGES.get(path.suffix, 'text')
        body = f'`````{language}\n{path.read_text("utf-8")}`````'
    return _orphan(f'# {file.name}\n\n`{file.as_posix()}`\n\n{body}\n')


def _write(path: Path, text: Optional[str], source: Path = Path()) -> None:
    """Write what differs alone: Sphinx reads changed files again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if text is None:
        shutil.copy2(source, path)
    elif not path.is_file() or path.read_text('utf-8') != text:
        path.write_text(text, 'utf-8')
