"""Videos of motions, rendered on the spot; see README.md."""
from . import classes, objects, render, scenes, settings

__all__ = ['classes', 'objects', 'render', 'scenes', 'settings']
