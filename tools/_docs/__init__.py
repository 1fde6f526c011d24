"""What tools/build_docs.py hands to Sphinx."""
from .diagrams import draw_diagrams
from .links import fenced_blocks, links
from .navigation import chapters
from .pages import stage
from .reference import public_names, rooms, write_reference

__all__ = [
    'chapters', 'draw_diagrams', 'fenced_blocks', 'links', 'public_names',
    'rooms', 'stage', 'write_reference'
]
