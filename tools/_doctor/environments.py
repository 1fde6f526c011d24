"""The environments that were tried; docs/installation.md has the same table.
"""
import platform
from typing import NamedTuple, Tuple

from .finding import Finding, installed, major_minor

__all__ = ['ENVIRONMENTS', 'Environment', 'environment']


class Environment(NamedTuple):
    """One row of the table.

    Args:
        python (str): Major and minor version.
        numpy (str): Version.
        opencv (str): Version of both distributions.
        torch (str): Version and build.
        tested (str): What was run there.
    """
    python: str
    numpy: str
    opencv: str
    torch: str
    tested: str


ENVIRONMENTS: Tuple[Environment, ...] = (
    Environment('3.11', '1.26.4', '4.10.0.84', '2.13.0, CPU build',
                'all tests, at every change'),
    Environment('3.12', '1.26.4', '4.10.0.84', '2.13.0, CUDA build, no GPU',
                'a part of the tests, by hand'),
    Environment('3.13', '2.5.5', '4.14.0.94', '2.13.0, CUDA build, no GPU',
                'all but the slow tests, by hand'),
)


def environment() -> Finding:
    """Look this environment up in the table."""
    python = '.'.join(platform.python_version_tuple()[:2])
    numpy = installed('numpy')
    here = f'Python {python} with NumPy {numpy or "(none)"}'
    for row in ENVIRONMENTS:
        if (row.python == python
                and major_minor(row.numpy) == major_minor(numpy)):
            return Finding('environment', 'ok', f'{here}: {row.tested}')
    tried = ', '.join(f'{row.python} with {row.numpy}' for row in ENVIRONMENTS)
    return Finding(
        'environment', 'note', f'{here}: not tested; Python and NumPy that '
        f'were: {tried}', 'it may work: bash tools/run_tests.sh '
        '--use-active-env tells')
