"""The checks of ``doctor.py``.

They are not in ``mvd_mm``, because ``import mvd_mm`` may fail in a faulty
environment. Each check is a function without arguments that returns one
finding and imports what it needs itself.
"""
from . import environments, machine, packages
from .finding import Finding
from .packages import versions

CHECKS = (environments.environment, packages.numpy_version,
          packages.pkg_resources, packages.opencv, packages.mmcv_operators,
          packages.mmdet, packages.mmaction2, packages.torchvision_trap,
          packages.video_decoding, machine.attention_kernels, machine.bfloat16,
          machine.process_groups, machine.cores, machine.shared_memory,
          machine.disk)

__all__ = ['CHECKS', 'Finding', 'versions']
