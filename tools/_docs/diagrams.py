"""Mermaid's diagrams as pictures: a browser would fetch its code elsewhere."""
import re
from pathlib import Path

__all__ = ['draw_diagrams']

_DIAGRAM = re.compile(r'^```mermaid\n(.*?)^```\n', re.MULTILINE | re.DOTALL)
# a picture for each look of the site; the classes are the theme's
_THEMES = dict(light='neutral', dark='dark')


def draw_diagrams(page: Path) -> int:
    """Replace the diagrams of a staged page by pictures beside it.

    Args:
        page (Path): A Markdown file; it and the pictures are written.

    Returns:
        int: How many there were.

    Raises:
        ImportError: If a page has diagrams and mermaidx is not installed.
    """
    text, count = page.read_text('utf-8'), 0

    def draw(match: 're.Match') -> str:
        # optional package: only the site needs it
        from mermaidx import render
        nonlocal count
        count += 1
        lines = []
        for look, theme in _THEMES.items():
            name = f'{page.stem}-{count}-{look}.svg'
            page.with_name(name).write_text(
                render(match.group(1), theme=theme).svg(), 'utf-8')
            lines.append(f'```{{image}} {name}\n:class: only-{look}\n'
                         ':align: center\n:alt: diagram\n```\n')
        return '\n'.join(lines)

    new = _DIAGRAM.sub(draw, text)
    if count:
        page.write_text(new, 'utf-8')
    return count
