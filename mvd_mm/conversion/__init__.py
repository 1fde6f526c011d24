"""What builds models out of files: their architecture, their conversion."""
from .architecture import Architecture, describe
from .completeness import find_gaps
from .convert import TARGETS, convert
from .publish import publish

__all__ = [
    'Architecture', 'describe', 'find_gaps', 'TARGETS', 'convert', 'publish'
]
