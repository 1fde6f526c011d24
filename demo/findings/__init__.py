"""What each teacher is good for: appearance and motion, measured."""
# not imported here: `--help` and refused options need no torch
__all__ = ['plan', 'run']
