"""Errors of a command line end with a right call."""
import pytest

from mvd_mm.utils.example_parser import ExampleParser

DOC = """Do it.

    python do.py --set DIR \\
        --out FILE
    python do.py --list

More about it::

    not this
"""


def test_an_error_ends_with_the_example(capsys):
    parser = ExampleParser(DOC)
    parser.add_argument('--set', required=True)
    with pytest.raises(SystemExit) as info:
        parser.parse_args([])
    assert info.value.code == 2
    text = capsys.readouterr().err
    assert text.startswith('usage: ') and 'required: --set\n' in text
    assert text.endswith('\nexample:\n    python do.py --set DIR \\\n'
                         '        --out FILE\n    python do.py --list\n')


def test_the_help_is_the_whole_text(capsys):
    with pytest.raises(SystemExit):
        ExampleParser(DOC).parse_args(['--help'])
    assert DOC.strip() in capsys.readouterr().out


def test_a_text_without_example_is_refused():
    with pytest.raises(ValueError, match='`doc` holds no example'):
        ExampleParser('Do it.')
