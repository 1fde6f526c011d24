"""docs/troubleshooting.md quotes messages that the code has."""
import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / 'docs' / 'troubleshooting.md').read_text()
ROWS = [
    line.strip('| ').split(' | ') for line in PAGE.splitlines()
    if line.startswith('| ') and not line.startswith(('| You', '| ---'))
]
MESSAGES = sorted(
    {m
     for row in ROWS
     for m in re.findall(r'`([^`]+)`', row[1])})
# a value, in what the code has and in what the page quotes
VALUE = '\0'


def text_of(node):
    """A string of the code, with its values replaced."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return ''.join(
            v.value if isinstance(v, ast.Constant) else VALUE
            for v in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = text_of(node.left), text_of(node.right)
        return ''.join(VALUE if part is None else part for part in parts)
    return None


@lru_cache(maxsize=None)
def texts():
    found = []
    for path in [
            *(ROOT / 'mvd_mm').rglob('*.py'), *(ROOT / 'tools').rglob('*.py')
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            text = text_of(node)
            if text:
                found.append(text)
    return found


def is_said(message):
    parts = [part.strip() for part in message.split('...')]
    pattern = re.compile('.*?'.join(map(re.escape, parts)), re.DOTALL)
    return any(pattern.search(text) for text in texts())


def test_every_row_has_a_symptom_a_message_and_a_way_out():
    assert len(ROWS) > 40
    for row in ROWS:
        assert len(row) == 3 and all(row), row


@pytest.mark.parametrize('message',
                         [m for m in MESSAGES if not m.startswith('tools/')])
def test_the_code_says_it(message):
    assert is_said(message), message


def test_a_message_that_nobody_says_is_noticed():
    assert not is_said('the clips have it not')


def test_links_lead_somewhere():
    for page, anchor in re.findall(r'\]\(([\w.]+\.md)(?:#([\w-]+))?\)', PAGE):
        text = (ROOT / 'docs' / page).read_text()
        titles = {
            re.sub(r'[^\w -]', '', title.lower()).replace(' ', '-')
            for title in re.findall(r'^#+ (.*)', text, re.MULTILINE)
        }
        assert not anchor or anchor in titles, (page, anchor)
