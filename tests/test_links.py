"""Links and pictures of all pages lead to files and headings that exist."""
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from tools._docs import links

ROOT = Path(__file__).parents[1]
FOLDERS = ('configs', 'demo', 'docs', 'tools')
PAGES = sorted({
    *ROOT.glob('*.md'),
    *(path for folder in FOLDERS for path in (ROOT / folder).rglob('*.md'))
})
FENCE = re.compile(r'^ *(`{3,}|~{3,}).*?^ *\1 *$', re.MULTILINE | re.DOTALL)


@lru_cache(maxsize=None)
def headings(path):
    """Anchors of a page's headings, as git hosts and the site make them."""
    text = FENCE.sub('', path.read_text('utf-8'))
    titles = (
        re.sub(r'\]\([^)]*\)', '', title)
        for title in re.findall(r'^#{1,6} +(.*?) *$', text, re.MULTILINE))
    return [
        re.sub(r'[^\w\- ]', '', title.lower()).replace(' ', '-')
        for title in titles
    ]


def anchors(path):
    """The same with a number for those that come again."""
    seen = Counter()
    for anchor in headings(path):
        yield f'{anchor}-{seen[anchor]}' if seen[anchor] else anchor
        seen[anchor] += 1


def faults(path):
    text = path.read_text('utf-8')
    targets = links(text) + re.findall(r'<(?:img|a)[^>]* (?:src|href)="(.*?)"',
                                       FENCE.sub('', text))
    found = []
    for target in targets:
        if re.match(r'https://\S+\.\w+|mailto:', target):
            continue
        name, _, anchor = target.partition('#')
        file = path.parent / name if name else path
        if not file.exists():
            found.append(f'{target}: no such file')
        elif ROOT not in file.resolve().parents:
            found.append(f'{target}: outside of the clone')
        elif anchor and anchor not in anchors(file):
            found.append(f'{target}: no such heading')
    return found


@pytest.mark.parametrize(
    'path', PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    assert faults(path) == []


@pytest.mark.parametrize(
    'path', PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_two_headings_of_a_page_are_the_same(path):
    if path.name != 'CHANGELOG.md':  # "Added" of each version
        assert [h for h, n in Counter(headings(path)).items() if n > 1] == []


@pytest.mark.parametrize('text, fault', [
    ('[x](page.md#a-part)', None),
    ('[x](#a-part)', None),
    ('[x](#a-part-1)', None),
    ('[x](https://a.org)', None),
    ('`[x](none.md)`', None),
    ('[x](none.md)', 'none.md: no such file'),
    ('[x](page.md#no-part)', 'page.md#no-part: no such heading'),
    ('![x](none.png)', 'none.png: no such file'),
    ('<img src="none.png" width="3">', 'none.png: no such file'),
    ('[x](../../outside.md)', '../../outside.md: outside of the clone'),
])
def test_a_link_to_nothing_is_noticed(tmp_path, monkeypatch, text, fault):
    monkeypatch.setitem(globals(), 'ROOT', tmp_path / 'clone')
    page = tmp_path / 'clone' / 'docs' / 'page.md'
    page.parent.mkdir(parents=True)
    (tmp_path / 'outside.md').write_text('')
    page.write_text(f'# b\n\n## A part\n\n{text}\n\n## A `part`\n\n'
                    '```shell\n# no part\n```\n')
    assert faults(page) == ([fault] if fault else [])
