"""All that docs/own_data.md and docs/daily.md say, on videos in class folders.

    python -m tests.own_videos FOLDER_OF_CLASSES WORK_DIR

runs the commands of both pages in their order, word by word, with the settings
for a first try on a CPU, in a new folder WORK_DIR beside links to the clone's
tools and configs. Prints what each of them says and the processor time since
the beginning.
"""
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List

ROOT = Path(__file__).parents[1]
PAGES = tuple(ROOT / 'docs' / name for name in ('own_data.md', 'daily.md'))
_END = '== end'


def commands(page: Path, first_try: bool = False) -> List[str]:
    """The lines of every ``shell`` block of a page.

    Args:
        page (Path): Markdown file.
        first_try (bool): A ``sh`` block stands in place of the ``shell``
            block before it, as the page says.
    """
    blocks: List[str] = []
    for kind, text in re.findall(r'^```(shell|sh)\n(.*?)^```',
                                 page.read_text(), re.MULTILINE | re.DOTALL):
        if kind == 'shell':
            blocks.append(text)
        elif first_try:
            blocks[-1] = text
    return [line for block in blocks for line in block.splitlines()]


def make_clone(folder: Path) -> None:
    """The clone's commands in a new folder, and ``python`` for them."""
    for name in ('tools', 'configs'):
        (folder / name).symlink_to(ROOT / name)
    (folder / 'bin').mkdir()
    python = folder / 'bin' / 'python'
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)


def run(lines: List[str], folder: Path) -> Iterator[str]:
    """Run lines in one shell of a clone; what each of them printed.

    Raises:
        AssertionError: If a line fails; has the end of the output.
    """
    script = '\n'.join(f"{line}\necho\necho '{_END}'" for line in lines)
    path = f'{folder.resolve()}/bin{os.pathsep}{os.environ["PATH"]}'
    shell = subprocess.Popen(['bash', '-euo', 'pipefail', '-c', script],
                             cwd=folder,
                             env=dict(
                                 os.environ, PATH=path, PYTHONPATH=str(ROOT)),
                             stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT,
                             text=True)
    printed: List[str] = []
    with shell:
        assert shell.stdout is not None
        for text in shell.stdout:
            if text.rstrip() == _END:
                yield ''.join(printed)
                printed = []
            else:
                printed.append(text)
    assert shell.returncode == 0, ''.join(printed)[-4000:]


def main() -> None:
    """Run both pages."""
    videos, folder = map(Path, sys.argv[1:])
    (folder / 'data' / 'own').mkdir(parents=True)
    (folder / 'data' / 'own' / 'videos').symlink_to(videos.resolve())
    make_clone(folder)
    # processor time of the shell and, below, of all it has called so far
    lines = [
        f'{line}\ntimes' for page in PAGES
        for line in commands(page, first_try=True)
    ]
    for line, printed in zip(lines, run(lines, folder)):
        print(f'$ {line.splitlines()[0]}\n{printed}', flush=True)


if __name__ == '__main__':
    main()
