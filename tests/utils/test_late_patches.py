import importlib
import sys

import pytest

from mvd_mm.utils import late_patches


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Name of a module that can be imported and is not yet."""
    (tmp_path / 'patched_later.py').write_text('value = 1\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    yield 'patched_later'
    sys.modules.pop('patched_later', None)


def double(module):
    module.value *= 2


def test_patch_waits_for_the_import(module):
    late_patches.patch_on_import(module, double)
    assert module not in sys.modules
    assert importlib.import_module(module).value == 2


def test_imported_module_is_patched_at_once(module):
    imported = importlib.import_module(module)
    late_patches.patch_on_import(module, double)
    assert imported.value == 2


def test_same_patch_waits_once(module):
    late_patches.patch_on_import(module, double)
    late_patches.patch_on_import(module, double)
    assert importlib.import_module(module).value == 2


def test_module_that_does_not_exist_stays_missing():
    late_patches.patch_on_import('no_such_module_at_all', double)
    with pytest.raises(ImportError):
        importlib.import_module('no_such_module_at_all')
