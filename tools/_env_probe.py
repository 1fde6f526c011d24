"""Questions tools/setup_env.sh asks a Python environment.

Standard library only (torch and mmcv where the question is about them): it
runs before anything is installed.

    python tools/_env_probe.py QUESTION [FILE ...]

Questions: state, usable, missing, wheel-key, hosts, ops, no-ops.
"""
import importlib
import importlib.util
import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, version

# kept at the pinned version where missing; of the others any version will do
KEEP_PIN = {
    'mmengine', 'mmaction2', 'mmdet', 'decord', 'av', 'numpy', 'opencv-python',
    'opencv-contrib-python', 'setuptools', 'yapf'
}


def installed(name: str) -> str:
    """Return the version of a distribution, or '' if it is not there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ''


def release(text: str) -> tuple:
    """Return the leading numbers of a version: '2.1.0+cu121' -> (2, 1)."""
    return tuple(int(n) for n in re.findall(r'\d+', text)[:2])


def opencv_works() -> bool:
    """Return whether cv2 imports, and is more than a left-over folder."""
    try:
        return hasattr(importlib.import_module('cv2'), '__version__')
    except Exception:  # whatever it is, the module is of no use
        return False


def state() -> None:
    """Print what the compiled operators and the set-up depend on."""
    names = ('torch', 'numpy', 'mmcv', 'mmcv-lite', 'mmengine', 'mvd_mm')
    print(platform.python_version(), *map(installed, names), sep=':')


def usable() -> None:
    """Exit with the reason where an environment cannot be used as it is."""
    here = f'the active environment ({sys.prefix})'
    pip = f'{sys.executable} -m pip install'
    if sys.version_info < (3, 8):
        sys.exit(f'{here} has Python {platform.python_version()}; mvd_mm '
                 'needs 3.8 or newer: create the environment with one')
    torch = installed('torch') or '(none)'
    if torch == '(none)' or release(torch) < (2, 1):
        sys.exit(f'{here} has torch {torch}; '
                 'mvd_mm needs 2.1 or newer: install the torch build that '
                 'suits your accelerator first (see pytorch.org), then run '
                 'this again')
    if release(installed('setuptools') or '0') >= (82, 0):
        sys.exit(f'{here} has setuptools {installed("setuptools")}, but '
                 'MMEngine imports pkg_resources, which 82 removed. Run\n'
                 f"    {pip} 'setuptools<82'\nthen run this again")
    if installed('setuptools') and release(installed('setuptools')) < (64, 0):
        sys.exit(f'{here} has setuptools {installed("setuptools")}, which '
                 'cannot install an editable clone (openmim asks for an old '
                 f"one). Run\n    {pip} 'setuptools>=64,<82'\n"
                 'then run this again')
    found = installed('mmcv')
    if found and not (2, 1) <= release(found) < (2, 2):
        sys.exit(f'{here} has mmcv {found}; mmdet and mmaction2 accept '
                 'mmcv>=2.1,<2.2 only. Run\n'
                 f'    {sys.executable} -m pip uninstall -y mmcv\n'
                 'then run this again: mmcv-lite 2.1.0 will be installed')


def missing(files: list) -> None:
    """Print requirements of which no version at all is installed."""
    has_cv2 = opencv_works()
    for file in files:
        with open(file, encoding='utf-8') as stream:
            lines = [line.split('#')[0].strip() for line in stream]
        for line in filter(None, lines):
            name = line.split('==')[0]
            if installed(name) or name == 'torch':
                continue
            # opencv-python-headless brings cv2 too; two copies would clash
            if name.startswith('opencv') and has_cv2:
                continue
            print(line if name in KEEP_PIN else name)


def wheel_key() -> None:
    """Print what a compiled mmcv wheel depends on, usable as a folder name.

    A CUDA torch appears twice: '...-cuda12.1' if the operators will be
    compiled for CUDA, nothing if only the CPU ones can be.
    """
    import torch
    from torch.utils.cpp_extension import CUDA_HOME
    tag = 'cp{}{}'.format(*sys.version_info[:2])
    key = f'{torch.__version__}-{tag}-{platform.machine()}'
    if torch.version.cuda and CUDA_HOME and torch.cuda.is_available():
        key += f'-cuda{torch.version.cuda}'
    print(key)


def hosts() -> None:
    """Exit with the reason where what mmcv imports does not import.

    Asked first, so that mmcv's wheel is not blamed for it.
    """
    if not opencv_works():
        sys.exit('cv2 does not import: python -m pip install '
                 '--force-reinstall --no-deps opencv-python==4.10.0.84')
    for name in ('torch', 'mmengine'):
        try:
            importlib.import_module(name)
        except Exception as error:
            sys.exit(f'{name} {installed(name)} does not import: {error!r}')


def ops() -> None:
    """Exit with the reason where mmcv's compiled operators do not load."""
    found = installed('mmcv')
    if not found:
        sys.exit('mmcv is not installed')
    try:
        importlib.import_module('mmcv.ops')
    except Exception as error:
        sys.exit(f'mmcv {found} is there, but mmcv.ops fails: {error!r}')


def no_ops() -> None:
    """Exit with the reason where mmcv is not there or its operators fail.

    An mmcv that has no operators at all will do.
    """
    found = installed('mmcv-lite') or installed('mmcv')
    if not found:
        sys.exit('neither mmcv-lite nor mmcv is installed')
    try:
        importlib.import_module('mmcv')
        broken = importlib.util.find_spec('mmcv._ext') is not None
    except Exception as error:
        sys.exit(f'mmcv {found} does not import: {error!r}')
    if broken:
        sys.exit(f'mmcv {found} has operators that do not load')


if __name__ == '__main__':
    question, *arguments = sys.argv[1:] or ['']
    if question == 'missing':
        missing(arguments)
    elif question in ('state', 'usable', 'wheel-key', 'hosts', 'ops',
                      'no-ops'):
        globals()[question.replace('-', '_')]()
    else:
        sys.exit(__doc__)
