"""Demonstrations: rendered video sets, and a quickstart that trains on them.

Run them from the clone's root, or with it on ``PYTHONPATH``::

    python -m demo.quickstart
    python -m demo.motion_shapes --out FOLDER
    python -m demo.action_shapes --out FOLDER
"""
__all__ = ['action_shapes', 'motion_shapes', 'quickstart']
