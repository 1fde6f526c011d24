"""How Sphinx makes the site; called by tools/build_docs.py."""
from functools import partial

from docutils.nodes import SkipNode
from docutils.utils.math import latex2mathml

import mvd_mm

project = 'mvd_mm'
author = 'the authors of mvd_mm'
copyright = author
version = release = mvd_mm.__version__
root_doc = 'docs/index'

extensions = [
    'myst_parser', 'sphinx.ext.autodoc', 'sphinx.ext.napoleon',
    'sphinx.ext.viewcode'
]
# anchors of headings as git hosts make them, formulae between dollars
myst_heading_anchors = 4
myst_enable_extensions = ['dollarmath']

autodoc_typehints = 'none'  # docstrings have types with shapes and units
autodoc_member_order = 'bysource'
napoleon_use_rtype = False
napoleon_use_ivar = True  # fields of a tuple, which are members as well

html_theme = 'furo'
html_title = f'mvd_mm {release}'
html_show_copyright = False
html_copy_source = False
html_theme_options = dict(footer_icons=[])
# formulae as MathML, which browsers draw themselves: nothing is fetched
html_math_renderer = 'mathml'


def _write(writer, node, as_block):
    """Write a formula in the place of a node of the page."""
    writer.body.append(latex2mathml.tex2mathml(node.astext(), as_block))
    raise SkipNode


def setup(app):
    """Register the renderer of formulae."""
    app.add_html_math_renderer('mathml',
                               (partial(_write, as_block=False), None),
                               (partial(_write, as_block=True), None))
