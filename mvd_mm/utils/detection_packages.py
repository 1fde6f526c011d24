"""What spatio-temporal detection needs beyond recognition."""
from importlib import import_module
from typing import Optional

__all__ = ['detection_fault', 'require_detection_packages']

_HINT = ('Spatio-temporal detection (AVA) needs mmdet and an mmcv with '
         'compiled ops (mmcv, not mmcv-lite): `bash tools/setup_env.sh` '
         'installs both, or `pip install "mmdet>=3.3,<4"` and mmcv 2.1.0 '
         'built with MMCV_WITH_OPS=1. Pre-training and recognition need '
         'neither')


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
