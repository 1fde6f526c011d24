"""A stand-in for mmcv's compiled operators where mmcv has none.

MMDetection and MMAction2 import ``mmcv.ops`` as a whole, and that needs the
extension module ``mmcv._ext``, which takes minutes to compile. Of its
operators, the detectors of this package and those of MMAction2's recipes call
RoIAlign, and most detectors of MMDetection also NMS. Both are here in PyTorch,
so a module with the right names is enough. MMDetection's detectors with
deformable convolutions and the like need a compiled mmcv.
"""
import importlib
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Callable

import torch
from torch import Tensor

from .roi_align import roi_align

__all__ = [
    'CHOICE', 'MissingOperatorError', 'operators_are_compiled', 'nms',
    'stand_in_for_operators'
]

#: environment variable: 'auto', 'stand-in' (also where operators are
#: compiled) or 'compiled' (never a stand-in)
CHOICE = 'MVD_MM_OPERATORS'
_EXTENSION = 'mmcv._ext'
_HOW_TO_GET_IT = (
    '`bash tools/setup_env.sh --with-ops` compiles mmcv with its operators '
    '(about 7 minutes on two cores); without a clone: `pip uninstall -y '
    'mmcv-lite`, then mmcv 2.1.0 as a wheel that OpenMMLab built for your '
    'torch and CUDA, or `MMCV_WITH_OPS=1 pip install --no-build-isolation '
    '--no-binary mmcv mmcv==2.1.0`')


class MissingOperatorError(ImportError):
    """An operator of mmcv was called that is not compiled here."""


class _StandIn(ModuleType):
    """What ``mmcv._ext`` is called where it does not exist."""

    def __getattr__(self, name: str) -> Callable:
        # Python and pickle ask every module for such names
        if name.startswith('__'):
            raise AttributeError(name)

        def operator(*args: Any, **kwargs: Any) -> None:
            raise MissingOperatorError(
                f'`{name}` is a compiled operator of mmcv, and this mmcv has '
                f'none. {_HOW_TO_GET_IT}')

        operator.__name__ = name
        return operator


def stand_in_for_operators() -> None:
    """Let ``mmcv.ops`` import where mmcv's operators are not compiled.

    Compiled operators are left alone, unless the environment variable
    ``MVD_MM_OPERATORS`` is ``stand-in``. Must run before the first import of
    ``mmcv.ops``. Delete when mmdet and mmaction2 import only the operators
    that they call.

    Raises:
        ValueError: If the environment variable has an unknown value.
    """
    choice = os.environ.get(CHOICE) or 'auto'
    if choice not in ('auto', 'stand-in', 'compiled'):
        raise ValueError(f"the environment variable {CHOICE} must be 'auto', "
                         f"'stand-in' or 'compiled', got {choice!r}")
    if (choice == 'compiled' or _EXTENSION in sys.modules
            or find_spec('mmcv') is None):
        return
    if choice == 'auto' and _extension_exists():
        return
    module = _StandIn(
        _EXTENSION, 'Stand-in by mvd_mm: see '
        'mvd_mm.utils.mmcv_operators.')
    # no loader: MMEngine's `mmcv_full_available` says no, and is right
    module.__spec__ = ModuleSpec(_EXTENSION, loader=None)
    setattr(module, 'nms', nms)
    setattr(module, 'roi_align_forward', _roi_align_forward)
    setattr(module, 'roi_align_backward', _roi_align_backward)
    sys.modules[_EXTENSION] = module


def _extension_exists() -> bool:
    """Look for the extension without importing mmcv, which takes long."""
    package = find_spec('mmcv')
    return package is not None and PathFinder.find_spec(
        _EXTENSION, package.submodule_search_locations) is not None


def operators_are_compiled() -> bool:
    """Return whether ``mmcv.ops`` calls compiled operators here."""
    module = sys.modules.get(_EXTENSION)
    if module is None:
        return _extension_exists()
    return not isinstance(module, _StandIn)


def _torchvision_ops() -> Any:
    """Return ``torchvision.ops``, or None where there is none that works."""
    try:
        return importlib.import_module('torchvision.ops')
    # RuntimeError: a torchvision that was built for another torch
    except (ImportError, OSError, RuntimeError, AttributeError):
        return None


def nms(boxes: Tensor,
        scores: Tensor,
        iou_threshold: float,
        offset: int = 0) -> Tensor:
    """Suppress boxes that overlap a better one, as mmcv's operator does.

    torchvision does it where it is installed, else PyTorch, more slowly.

    Args:
        boxes (Tensor): Shape (N, 4): x1, y1, x2, y2.
        scores (Tensor): Shape (N, ).
        iou_threshold (float): Boxes that overlap by more are suppressed.
        offset (int): A box is x2 - x1 + ``offset`` wide; 0 or 1.

    Returns:
        Tensor: Indices of the boxes that are kept, the best first, (K, ).
    """
    # a later corner is all that `offset` means
    boxes = torch.cat([boxes[:, :2], boxes[:, 2:] + offset], dim=1)
    vision = _torchvision_ops()
    if vision is not None:
        return vision.nms(boxes, scores, iou_threshold)
    left = scores.argsort(descending=True, stable=True)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        corner = torch.maximum(boxes[best, :2], boxes[left, :2])
        side = torch.minimum(boxes[best, 2:], boxes[left, 2:]) - corner
        common = side.clamp(min=0).prod(dim=1)  # (number left, )
        iou = common / (area[best] + area[left] - common)
        left = left[~(iou > iou_threshold)]
    return torch.stack(kept) if kept else left


# bounds the memory of `roi_align`, which grows with the number of boxes
_BOXES_AT_A_TIME = 64


def _refuse_maximum(pool_mode: int) -> None:
    if pool_mode != 1:  # mmcv's number of the mean
        raise MissingOperatorError(
            "RoIAlign with `pool_mode='max'` needs mmcv's compiled operators, "
            f"and this mmcv has none; 'avg' does without. {_HOW_TO_GET_IT}")


def _roi_align_forward(input: Tensor, rois: Tensor, output: Tensor,
                       argmax_y: Tensor, argmax_x: Tensor, aligned_height: int,
                       aligned_width: int, spatial_scale: float,
                       sampling_ratio: int, pool_mode: int,
                       aligned: bool) -> None:
    """Fill ``output`` with the features of the boxes, as mmcv does."""
    _refuse_maximum(pool_mode)
    size = (aligned_height, aligned_width)
    vision = _torchvision_ops()  # faster with many boxes
    pool = roi_align if vision is None else vision.roi_align
    for some, place in zip(
            rois.split(_BOXES_AT_A_TIME), output.split(_BOXES_AT_A_TIME)):
        place.copy_(
            pool(input, some, size, spatial_scale, max(sampling_ratio, 0),
                 aligned))


def _roi_align_backward(grad_output: Tensor, rois: Tensor, argmax_y: Tensor,
                        argmax_x: Tensor, grad_input: Tensor,
                        aligned_height: int, aligned_width: int,
                        spatial_scale: float, sampling_ratio: int,
                        pool_mode: int, aligned: bool) -> None:
    """Add to ``grad_input`` what reaches the features."""
    _refuse_maximum(pool_mode)
    size = (aligned_height, aligned_width)
    for some, grad in zip(
            rois.split(_BOXES_AT_A_TIME), grad_output.split(_BOXES_AT_A_TIME)):
        # RoIAlign is linear: its gradient is the same at any features
        with torch.enable_grad():
            features = torch.zeros_like(grad_input, requires_grad=True)
            found = roi_align(features, some, size, spatial_scale,
                              max(sampling_ratio, 0), aligned)
        grad_input += torch.autograd.grad(found, features, grad)[0]
