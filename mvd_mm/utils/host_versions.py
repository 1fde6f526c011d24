"""Which versions of the host packages this package was written for."""
from importlib.metadata import PackageNotFoundError, version
from typing import Optional, Sequence, Tuple

from mmengine.utils import digit_version

__all__ = ['HOSTS', 'check_host_versions', 'installed_version']

# distribution names, oldest version that works, first one that does not
HOSTS: Tuple[Tuple[Sequence[str], str, Optional[str]], ...] = (
    (('torch', ), '2.1.0', None),
    (('mmengine', 'mmengine-lite'), '0.10.3', '1.0.0'),
    (('mmcv', 'mmcv-lite'), '2.1.0', '2.2.0'),
    (('mmaction2', ), '1.2.0', '2.0.0'),
)


def installed_version(names: Sequence[str]) -> Optional[str]:
    """Version of the first distribution that is installed.

    Args:
        names (Sequence[str]): Of distributions, in order.

    Returns:
        str, optional: None if there is none.
    """
    for name in names:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return None


def check_host_versions() -> None:
    """Refuse host packages that this package cannot run on.

    Raises:
        ImportError: If a host package is missing, too old or too new; names
            the package, the version found and the range that works.
    """
    for names, oldest, too_new in HOSTS:
        found = installed_version(names)
        wanted = f'>={oldest}' + (f',<{too_new}' if too_new else '')
        hint = (f'mvd_mm needs {" or ".join(names)} {wanted}; run '
                '`bash tools/setup_env.sh`, or see '
                '`python tools/doctor.py`')
        if found is None:
            raise ImportError(f'{names[0]} is not installed. {hint}')
        parsed = digit_version(found.split('+')[0])
        if parsed < digit_version(oldest) or (too_new and parsed
                                              >= digit_version(too_new)):
            raise ImportError(f'{names[0]} {found} does not work. {hint}')
