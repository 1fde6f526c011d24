"""What each choice of MVD is worth: one change at a time, one table."""
# not imported here: `--help` needs no torch
__all__ = ['plan', 'table']
