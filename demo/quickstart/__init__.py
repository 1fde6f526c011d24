"""The quickstart: two teachers and an MVD student in minutes, and a report.

Each training and each test is a run of ``tools/train.py`` or
``tools/test.py`` with a config of ``configs/mvd``.
"""
# not imported here: `--help` and refused options need no torch
__all__ = ['detection', 'recognition']
