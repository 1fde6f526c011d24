"""What builds models out of files: their architecture, their conversion."""
from .architecture import Architecture, describe, find_gaps
from .convert import TARGETS, convert

__all__ = ['Architecture', 'describe', 'find_gaps', 'TARGETS', 'convert']
