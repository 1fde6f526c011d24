"""Host packages out of range are refused by name, with the range."""
from importlib.metadata import PackageNotFoundError

import pytest

from mvd_mm.utils import check_host_versions, host_versions, installed_version

GOOD = {
    'torch': '2.4.1+cu121',
    'mmengine': '0.10.7',
    'mmcv': '2.1.0',
    'mmaction2': '1.2.0'
}


@pytest.fixture
def installed(monkeypatch):
    """Versions of the distributions that seem to be installed."""
    versions = dict(GOOD)

    def version(name):
        if name not in versions:
            raise PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(host_versions, 'version', version)
    return versions


def test_versions_within_the_ranges_are_accepted(installed):
    assert check_host_versions() is None


@pytest.mark.parametrize('full', ['mmengine', 'mmcv'])
def test_the_lite_distribution_serves_as_well(installed, full):
    installed[f'{full}-lite'] = installed.pop(full)
    assert check_host_versions() is None
    assert installed_version((full, f'{full}-lite')) == GOOD[full]


@pytest.mark.parametrize('name', GOOD)
def test_a_missing_package_is_named_with_its_range(installed, name):
    del installed[name]
    with pytest.raises(ImportError) as error:
        check_host_versions()
    oldest = dict((names[0], low) for names, low, _ in host_versions.HOSTS)
    for word in (f'{name} is not installed', f'>={oldest[name]}',
                 'setup_env.sh', 'doctor.py'):
        assert word in str(error.value)


@pytest.mark.parametrize('name, found, wanted', [
    ('torch', '2.0.1+cu118', '>=2.1.0'),
    ('mmengine', '0.10.2', '>=0.10.3,<1.0.0'),
    ('mmengine', '1.0.0', '>=0.10.3,<1.0.0'),
    ('mmcv', '2.0.1', '>=2.1.0,<2.2.0'),
    ('mmcv', '2.2.0', '>=2.1.0,<2.2.0'),
    ('mmaction2', '1.1.0', '>=1.2.0,<2.0.0'),
    ('mmaction2', '2.0.0', '>=1.2.0,<2.0.0'),
])
def test_a_version_out_of_range_is_named_with_the_range(
        installed, name, found, wanted):
    installed[name] = found
    with pytest.raises(ImportError) as error:
        check_host_versions()
    for word in (f'{name} {found} does not work', wanted, 'setup_env.sh'):
        assert word in str(error.value)


@pytest.mark.parametrize('name, found', [
    ('torch', '2.1.0'),
    ('torch', '2.13.0a0+git1234'),
    ('mmengine', '0.10.3'),
    ('mmcv', '2.1.9'),
])
def test_the_ends_of_a_range_belong_to_it(installed, name, found):
    installed[name] = found
    assert check_host_versions() is None


def test_no_distribution_has_no_version(installed):
    assert installed_version(('nothing', 'none')) is None
