"""What spatio-temporal detection needs beyond recognition."""
from importlib import import_module
from typing import Optional

__all__ = ['detection_fault', 'require_detection_packages']

_HINT = ('Spatio-temporal detection (AVA) needs mmdet: `bash '
         'tools/setup_env.sh` installs it, or `pip install "mmdet>=3.3,<4"`. '
         'mmcv-lite suffices; a compiled mmcv that does not load can be '
         'replaced by it: `pip uninstall -y mmcv`, then `pip install '
         'mmcv-lite==2.1.0`. Pre-training and recognition do not need mmdet')


def detection_fault() -> Optional[str]:
    """Name the package that detection lacks here.

    Returns:
        str, optional: What is missing and how to get it; None: nothing is.
    """
    for name in ('mmcv.ops', 'mmdet.models'):
        try:
            import_module(name)
        # mmdet asserts the version of mmcv, a damaged build raises OSError
        except (ImportError, OSError, AssertionError) as error:
            return f'{name} cannot be imported ({error}). {_HINT}'
    return None


def require_detection_packages() -> None:
    """Refuse detection early where a package is missing.

    Raises:
        RuntimeError: With the way to get it. Not an ImportError: MMEngine
            replaces the message of one that comes from ``custom_imports``.
    """
    fault = detection_fault()
    if fault is not None:
        raise RuntimeError(fault)
