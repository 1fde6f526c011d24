"""A command line that answers a wrong call with a right one."""
import argparse
import re
from typing import NoReturn

__all__ = ['ExampleParser']

# the first lines that are indented by four blanks
_EXAMPLE = re.compile(r'^    \S.*(?:\n +\S.*)*', re.MULTILINE)


class ExampleParser(argparse.ArgumentParser):
    """``ArgumentParser`` whose errors end with the example of the help.

    Args:
        doc (str): The help: a docstring that holds a call, indented by four
            blanks, below its first line.

    Raises:
        ValueError: If ``doc`` holds no indented lines.
    """

    def __init__(self, doc: str) -> None:
        super().__init__(
            description=doc,
            formatter_class=argparse.RawDescriptionHelpFormatter)
        found = _EXAMPLE.search(doc)
        if found is None:
            raise ValueError('`doc` holds no example, indented by four '
                             f'blanks: {doc!r}')
        self.example = found.group()

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how a right call looks; exit status 2."""
        super().error(f'{message}\nexample:\n{self.example}')
