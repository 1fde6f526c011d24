"""The Dockerfile can be read, and names only what exists here.

It is not built: that needs a daemon, the network and gigabytes.
"""
import json
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# of the reference of Dockerfiles, without those that are deprecated
INSTRUCTIONS = {
    'ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM',
    'HEALTHCHECK', 'LABEL', 'ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER',
    'VOLUME', 'WORKDIR'
}


@pytest.fixture(scope='module')
def instructions():
    """Pairs of an instruction and its arguments, continued lines joined."""
    lines = [
        line for line in (ROOT / 'Dockerfile').read_text().splitlines()
        if not line.startswith('#')
    ]
    joined = re.sub(r'\\\n\s*', ' ', '\n'.join(lines))
    return [tuple(x.split(None, 1)) for x in joined.splitlines() if x.strip()]


@pytest.fixture(scope='module')
def ignored():
    lines = (ROOT / '.dockerignore').read_text().splitlines()
    return [x for x in lines if x and not x.startswith('#')]


def test_only_known_instructions_with_arguments(instructions):
    assert instructions[0][0] == 'FROM'
    for instruction in instructions:
        assert instruction[0] in INSTRUCTIONS and len(instruction) == 2


def test_the_base_image_has_cuda_and_a_fixed_version(instructions):
    image, tag = instructions[0][1].split(':')
    assert image and 'cuda' in tag and tag != 'latest'


def test_what_is_copied_exists_and_is_not_ignored(instructions, ignored):
    copied = []
    for name, arguments in instructions:
        if name == 'COPY':
            copied += arguments.split()[:-1]
    for source in copied:
        assert (ROOT / source).exists(), source
        assert not any(fnmatch(source, pattern) for pattern in ignored)
    # what building the package needs
    assert {'mvd_mm', 'configs', 'tools', 'setup.cfg', 'pyproject.toml'} <= (
        set(copied))


def test_what_the_packages_links_point_to_is_copied(instructions):
    copied = ' '.join(b for a, b in instructions if a == 'COPY').split()
    for link in (ROOT / 'mvd_mm' / '.mim').iterdir():
        assert link.resolve().relative_to(ROOT).as_posix() in copied


def test_bash_can_parse_each_command(instructions):
    for name, arguments in instructions:
        if name == 'RUN':
            done = subprocess.run(['bash', '-n', '-c', arguments],
                                  capture_output=True,
                                  text=True)
            assert (done.returncode, done.stderr) == (0, '')
        if name in ('CMD', 'ENTRYPOINT'):
            assert json.loads(arguments)


def test_each_command_of_this_project_is_documented(instructions):
    """Scripts exist, and each of their options is in their own help."""
    found = 0
    for name, arguments in instructions:
        for command in re.findall(r'bash (tools/\S+\.sh[^&|;]*)', arguments):
            script, *options = command.split()
            usage = subprocess.run(
                ['bash', str(ROOT / script), '--help'],
                capture_output=True,
                text=True,
                check=True).stdout
            for option in options:
                assert option in usage
            found += 1
    assert found == 1


def test_the_comment_and_the_page_name_the_same_commands():
    page = (ROOT / 'docs' / 'installation.md').read_text()
    head = (ROOT / 'Dockerfile').read_text().split('FROM')[0]
    commands = [
        line.strip('# ') for line in head.splitlines()
        if line.startswith('#   docker')
    ]
    assert len(commands) == 2
    for command in commands:
        assert command in page
    assert 'NOT been built' in head
