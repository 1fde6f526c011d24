"""Build the documentation site, without a network.

    python tools/build_docs.py                 into work_dirs/docs
    python tools/build_docs.py --serve         and show it at localhost:8000

Pages are those of docs/ and every file of the clone that they link to; the
reference is made from docstrings. Each warning is an error. The site can be
opened as files, too: work_dirs/docs/html/index.html. It needs the packages of
requirements/docs.txt, which tools/setup_env.sh installs.
"""
import argparse
import functools
import http.server
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import _clone  # noqa: F401  an uninstalled clone finds mvd_mm
from _docs import draw_diagrams, stage, write_reference
from mvd_mm.utils.example_parser import ExampleParser

ROOT = Path(__file__).resolve().parents[1]
# module -> distribution
NEEDED = {
    'sphinx': 'sphinx',
    'myst_parser': 'myst-parser',
    'furo': 'furo',
    'mermaidx': 'mermaidx'
}
FORWARD = """<!DOCTYPE html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=docs/index.html">
<title>mvd_mm</title>
<a href="docs/index.html">mvd_mm</a>
"""


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument(
        '--out', type=Path, default=ROOT / 'work_dirs' / 'docs')
    parser.add_argument(
        '--serve',
        nargs='?',
        type=int,
        const=8000,
        metavar='PORT',
        help='show the site on this machine when it is built')
    return parser.parse_args(args)


def build(out: Path) -> int:
    """Write the pages to ``out/pages`` and the site to ``out/html``."""
    # optional package: only the site needs it
    from sphinx.cmd.build import build_main
    pages, html = out / 'pages', out / 'html'
    shutil.rmtree(pages, ignore_errors=True)
    for page in stage(ROOT, pages):
        if page.suffix == '.md':
            draw_diagrams(pages / page)
    write_reference(pages / 'docs' / 'reference')
    status = build_main([
        '--builder', 'html', '--fail-on-warning', '--fresh-env', '--quiet',
        '--conf-dir',
        str(ROOT / 'tools' / '_docs'), '--doctree-dir',
        str(out / 'doctrees'),
        str(pages),
        str(html)
    ])
    (html / 'index.html').write_text(FORWARD, 'utf-8')
    return status


def main(args=None) -> int:
    options = parse_args(args)
    if not (ROOT / 'docs' / 'index.md').is_file():
        raise SystemExit('error: the pages are in a clone, not in an '
                         'installed package: call tools/build_docs.py there')
    lacking = [name for key, name in NEEDED.items() if not find_spec(key)]
    if lacking:
        raise SystemExit(
            f'error: {", ".join(lacking)} not installed: python -m pip '
            'install -r requirements/docs.txt')
    status = build(options.out)
    if status:
        return status
    html = options.out / 'html'
    print(f'{len(list(html.rglob("*.html")))} pages: {html / "index.html"}')
    if options.serve:
        print(f'http://localhost:{options.serve}, until Ctrl-C')
        handler = functools.partial(
            http.server.SimpleHTTPRequestHandler, directory=str(html))
        with http.server.ThreadingHTTPServer(('localhost', options.serve),
                                             handler) as server:
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                pass
    return 0


if __name__ == '__main__':
    sys.exit(main())
