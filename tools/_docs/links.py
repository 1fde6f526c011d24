"""Links of Markdown pages, found outside code."""
import re
from typing import Callable, List, Tuple

__all__ = ['fenced_blocks', 'links', 'replace_links']

# a fence and what it holds, code in a line, or a link: what begins first wins
_TOKEN = re.compile(
    r'(?P<fence>^[ ]*(?P<mark>`{3,}|~{3,})[^\n]*\n.*?^[ ]*(?P=mark)[ ]*$)'
    r'|(?P<code>(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))'
    r'|(?P<link>\]\((?P<target>[^()\s]+)\))', re.MULTILINE | re.DOTALL)
_FENCE = re.compile(
    r'^(?P<indent> *)(?P<mark>`{3,}|~{3,})(?P<language>[^\n]*)\n'
    r'(?P<text>.*?)^ *(?P=mark) *$', re.MULTILINE | re.DOTALL)


def links(text: str) -> List[str]:
    """Targets of a page's links and pictures, in order."""
    return [
        match.group('target') for match in _TOKEN.finditer(text)
        if match.group('link')
    ]


def replace_links(text: str, new: Callable[[str], str]) -> str:
    """Give each link the target that a function makes of its own."""

    def replace(match: 're.Match') -> str:
        if not match.group('link'):
            return match.group()
        return f']({new(match.group("target"))})'

    return _TOKEN.sub(replace, text)


def fenced_blocks(text: str) -> List[Tuple[str, str]]:
    """Language and text of each block of code."""
    found = []
    for match in _FENCE.finditer(text):
        indent = match.group('indent')
        lines = [
            line[len(indent):] if line.startswith(indent) else line
            for line in match.group('text').splitlines(keepends=True)
        ]
        found.append((match.group('language').strip(), ''.join(lines)))
    return found
