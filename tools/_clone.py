"""Lets the commands of a clone that is not installed import ``mvd_mm``.

A command beside this file says ``import _clone``. One in a folder below runs
it: ``runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))``.
"""
import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec('mvd_mm') is None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
