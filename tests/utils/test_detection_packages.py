"""What detection lacks is named, with the way to get it."""
from unittest import mock

import pytest

from mvd_mm.utils import detection_packages


def test_nothing_is_missing_here():
    assert detection_packages.detection_fault() is None
    detection_packages.require_detection_packages()


@pytest.mark.parametrize('name', ['mmcv.ops', 'mmdet.models'])
@pytest.mark.parametrize('error', [ModuleNotFoundError, AssertionError])
def test_the_package_and_the_way_to_it_are_named(name, error):

    def refuse(module):
        if module == name:
            raise error('planted')

    with mock.patch.object(detection_packages, 'import_module', refuse):
        with pytest.raises(RuntimeError) as info:
            detection_packages.require_detection_packages()
    for word in (name, 'planted', 'tools/setup_env.sh', 'mmcv-lite==2.1.0'):
        assert word in str(info.value)
