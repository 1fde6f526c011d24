"""What ``mvd_mm.apis`` offers, and when it is imported."""
import subprocess
import sys
from pathlib import Path

import pytest

import mvd_mm.apis

ROOT = Path(__file__).parents[2]


def test_every_name_is_there():
    for name in mvd_mm.apis.__all__:
        assert getattr(mvd_mm.apis, name).__name__ == name
    with pytest.raises(AttributeError, match='no attribute'):
        mvd_mm.apis.nothing


def test_training_does_not_import_inferencers():
    code = ("import sys, mvd_mm.apis; print('mmaction.apis' in sys.modules, "
            "'onnxruntime' in sys.modules)")
    done = subprocess.run([sys.executable, '-c', code],
                          cwd=ROOT,
                          stdout=subprocess.PIPE,
                          text=True,
                          check=True)
    assert done.stdout.split() == ['False', 'False']
