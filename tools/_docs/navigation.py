"""The chapters of the site, as docs/index.md lists them."""
import re
from typing import Dict, List, Tuple

__all__ = ['chapters', 'table_of_contents']

_ENTRY = re.compile(r'^- \[([^\]]+)\]\(([^)#]+)\)', re.MULTILINE)


def chapters(index: str) -> Dict[str, List[Tuple[str, str]]]:
    """Headings of the second level: titles and pages of the list below."""
    found = {}
    for part in re.split('^## ', index, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition('\n')
        entries = _ENTRY.findall(body)
        if entries:
            found[title.strip()] = entries
    return found


def table_of_contents(index: str) -> str:
    """The same for Sphinx, which draws it at the side of every page.

    The reference, which is made from docstrings, comes last.
    """
    parts = {
        **chapters(index), 'Reference': [('Reference', 'reference/index')]
    }
    return ''.join(f'\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n' +
                   ''.join(f'{title} <{page}>\n'
                           for title, page in entries) + '```\n'
                   for caption, entries in parts.items())
