"""A set for action detection, rendered on the spot; see README.md."""
from . import actors, parameters, render

__all__ = ['actors', 'parameters', 'render']
