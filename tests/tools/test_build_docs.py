"""The site: all pages, no warning, nothing that a network would be for."""
import importlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools._docs import (chapters, draw_diagrams, fenced_blocks, links,
                         public_names, rooms, stage)

ROOT = Path(__file__).parents[2]
COMMAND = ROOT / 'tools' / 'build_docs.py'
needs_sphinx = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ('sphinx', 'furo', 'mermaidx'))),
    reason='requirements/docs.txt is not installed')


@pytest.fixture
def clone(tmp_path):
    """Write files; docs/index.md lists the pages of docs/."""

    def write(**files):
        files.setdefault('docs/index.md',
                         '# a\n\n## Part\n\n- [The page](page.md): it.\n')
        for name, text in files.items():
            path = tmp_path / 'clone' / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / 'clone', tmp_path / 'pages'

    return write


def test_links_are_found_outside_code_alone():
    text = ('[a](a.md) `[b](b.md)` ![c](c.png)\n\n```python\nd[0](e)\n'
            '[f](f.md)\n```\n\n1. x\n\n   ```text\n   [g](g.md)\n   ```\n'
            '[h](h.md#i)\n')
    assert links(text) == ['a.md', 'c.png', 'h.md#i']
    assert fenced_blocks(text) == [('python', 'd[0](e)\n[f](f.md)\n'),
                                   ('text', '[g](g.md)\n')]


def test_every_page_is_in_the_table_of_contents():
    index = (ROOT / 'docs' / 'index.md').read_text()
    listed = [page for part in chapters(index).values() for _, page in part]
    pages = {
        path.relative_to(ROOT / 'docs').as_posix()
        for path in (ROOT / 'docs').rglob('*.md')
    } - {'index.md'}
    assert pages <= set(listed)
    assert len(listed) == len(set(listed))


def test_a_file_that_a_page_leads_to_becomes_a_page(clone):
    root, pages = clone(**{
        'docs/page.md': '# b\n\n[x](../configs/x.py) [r](../configs/README.md)'
                        ' `[n](no.md)` [w](https://a.org/x.py)\n',
        'configs/README.md': '# c\n\n[y](../Dockerfile) [d](.)\n',
        'configs/x.py': 'x = 1\n',
        'Dockerfile': 'FROM a\n'
    })  # yapf: disable
    stage(root, pages)
    assert (pages / 'docs' / 'page.md').read_text() == (
        '# b\n\n[x](../configs/x.py.md) [r](../configs/README.md) '
        '`[n](no.md)` [w](https://a.org/x.py)\n')
    assert '`````python\nx = 1\n`````' in (pages / 'configs' /
                                           'x.py.md').read_text()
    assert '[y](../Dockerfile.md)' in (pages / 'configs' /
                                       'README.md').read_text()
    assert 'FROM a' in (pages / 'Dockerfile.md').read_text()
    assert '`configs/x.py`' in (pages / 'configs.md').read_text()


def test_a_link_to_nothing_is_named(clone):
    root, pages = clone(**{'docs/page.md': '[x](../configs/none.py)\n'})
    with pytest.raises(FileNotFoundError, match='page.md links to .*none.py'):
        stage(root, pages)


def run(*arguments):
    return subprocess.run(
        [sys.executable, str(COMMAND), *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300)


@needs_sphinx
def test_diagrams_become_pictures_for_both_looks(tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('# a\n\n```mermaid\nflowchart TD\n    a --> b\n```\n')
    assert draw_diagrams(page) == 1
    assert 'mermaid' not in page.read_text()
    for look in ('light', 'dark'):
        assert f':class: only-{look}' in page.read_text()
        assert '<svg' in (tmp_path / f'page-1-{look}.svg').read_text()


@needs_sphinx
@pytest.mark.filterwarnings('ignore::PendingDeprecationWarning',
                            'ignore::DeprecationWarning')
@pytest.mark.parametrize('text, status', [
    ('[x](#a-part)\n\n## A part\n', 0),
    ('[x](#no-part)\n\n## A part\n', 1),
])
def test_a_warning_is_an_error(tmp_path, monkeypatch, capfd, text, status):
    monkeypatch.syspath_prepend(str(ROOT / 'tools'))
    command = importlib.import_module('build_docs')

    def pages(_, folder):
        (folder / 'docs' / 'reference').mkdir(parents=True)
        (folder / 'docs' / 'index.md').write_text(f'# b\n\n{text}')
        return []

    monkeypatch.setattr(command, 'stage', pages)
    monkeypatch.setattr(command, 'write_reference', lambda folder: 0)
    assert command.build(tmp_path) == status
    assert ('no-part' in capfd.readouterr().err) == bool(status)


@needs_sphinx
@pytest.mark.slow
def test_site_has_every_page_and_every_name_and_fetches_nothing(tmp_path):
    done = run('--out', tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ''
    html = tmp_path / 'html'
    pages = {
        path.relative_to(html).as_posix(): path.read_text()
        for path in html.rglob('*.html')
    }
    assert 'docs/index.html' in pages['index.html']
    for page in (ROOT / 'docs').rglob('*.md'):
        assert page.relative_to(ROOT).with_suffix('.html').as_posix() in pages
    reference = ''.join(text for name, text in pages.items()
                        if 'docs/reference' in name)
    anchors = set(re.findall(r'id="(mvd_mm\.[\w.]+)"', reference))
    missing = {
        name
        for room in rooms()
        for name in public_names(importlib.import_module(room))
        if not any(anchor.endswith(f'.{name}') for anchor in anchors)
    }
    assert not missing
    for name, text in pages.items():
        fetched = re.findall(
            r'<(?:script|img|link|iframe)[^>]*(?:src|href)="(?:https?:)?//',
            text)
        assert not fetched, name
        assert 'class="highlight-mermaid' not in text, name
    assert '<math' in pages['docs/how_mvd_works.html']
    assert 'TubeMasking' in (html / 'searchindex.js').read_text()


def test_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / 'tools'))
    command = importlib.import_module('build_docs')
    monkeypatch.setitem(command.NEEDED, 'no_such_module', 'no-such')
    with pytest.raises(SystemExit, match='no-such.* -r requirements/docs.txt'):
        command.main(['--out', str(tmp_path)])
