"""docs/parity.md names commands that exist and tests that are there."""
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / 'docs' / 'parity.md').read_text()
COMMANDS = sorted(set(re.findall(r'`((?:pytest|python) [^`]+)`', PAGE)))


def names_below(path):
    """Names of the tests in a file, or in all files of a folder."""
    files = path.rglob('test_*.py') if path.is_dir() else [path]
    return [
        name for file in files
        for name in re.findall(r'def (test_\w+)', file.read_text())
    ]


def test_every_row_has_a_command_or_says_how_it_was_compared():
    begin, end = PAGE.index('## Models'), PAGE.index('## CutMix')
    rows = [
        line.split(' | ') for line in PAGE[begin:end].splitlines()
        if line.startswith('| ') and not line.startswith(('| what', '| ---'))
    ]
    assert len(rows) > 30
    for row in rows:
        assert row[-2].startswith(('`', 'the same', 'by hand')), row


@pytest.mark.parametrize('command', COMMANDS)
def test_what_a_command_names_is_there(command):
    program, *words = shlex.split(command)
    chosen = []
    if '-k' in words:
        at = words.index('-k')
        chosen = words[at + 1].split(' or ')
        del words[at:at + 2]
    for word in words:
        assert any(ROOT.glob(word)), word
    if program == 'pytest':
        names = [name for word in words for name in names_below(ROOT / word)]
        assert names
        for part in chosen:
            assert any(part in name for name in names), part
