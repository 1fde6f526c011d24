"""MMAction2's RoI extractor, also for devices without mmcv's operator."""
from functools import lru_cache
from typing import Any, Dict, Sequence, Tuple, Union

import torch
from mmaction.models.roi_heads import SingleRoIExtractor3D
from mmengine.logging import print_log
from torch import Tensor, nn

from mvd_mm.registry import MODELS
from mvd_mm.utils import operators_are_compiled, roi_align

__all__ = ['RoIAlignExtractor3D']


@lru_cache(maxsize=None)
def _mmcv_runs_on(device_type: str) -> bool:
    """Try mmcv's operator once on a kind of device; log it if it fails."""
    if not operators_are_compiled():
        print_log(
            'RoIAlign: mmcv has no compiled operators here; plain PyTorch is '
            'used instead, with the same values',
            logger='current')
        return False
    # mmcv's operators are optional
    from mmcv.ops import roi_align as mmcv_roi_align
    try:
        feat = torch.zeros(1, 1, 2, 2, device=device_type)
        mmcv_roi_align(feat, feat.new_zeros(1, 5), (1, 1), 1., 1, 'avg', True)
    # what mmcv raises depends on how it was built
    except (RuntimeError, NotImplementedError) as error:
        reason = (str(error).strip() or repr(error)).splitlines()[0]
        print_log(
            f'RoIAlign: mmcv has no op for {device_type} here ({reason}); '
            'plain PyTorch is used instead, with the same values',
            logger='current')
        return False
    return True


class _RoIAlign(nn.Module):
    """mmcv's layer, or the same computation without its op."""

    def __init__(self, layer: Any, backend: str) -> None:
        super().__init__()
        self.layer = layer
        self.backend = backend
        # mmcv's layer has them as plain attributes
        self.arguments: Dict[str, Any] = {
            name: getattr(layer, name)
            for name in ('output_size', 'spatial_scale', 'sampling_ratio',
                         'aligned')
        }

    def forward(self, feat: Tensor, rois: Tensor) -> Tensor:
        """Pool one time slice, (B, C, H, W) to (N, C, P, P)."""
        if len(rois) and self._by_mmcv(feat.device.type):
            return self.layer(feat, rois)
        # without boxes, too: this one keeps the graph of the features
        return roi_align(feat, rois, **self.arguments)

    def _by_mmcv(self, device_type: str) -> bool:
        if self.backend != 'auto':
            return self.backend == 'mmcv'
        # their sums differ in the last bit, which a training magnifies: on
        # the CPU, figures must not depend on which mmcv is installed
        return device_type != 'cpu' and _mmcv_runs_on(device_type)


@MODELS.register_module()
class RoIAlignExtractor3D(SingleRoIExtractor3D):
    """Mean over time, then RoIAlign by PyTorch or, on a GPU, by mmcv.

    On the CPU it is always plain PyTorch, so that figures are the same to the
    last bit with mmcv-lite and with compiled operators. On other devices it
    is mmcv's operator where there is one: mmcv-lite has none, nor has an mmcv
    that was built without CUDA. The first clip on such a device decides, with
    a line in the log. Boxes and features are in float32 even under autocast:
    in half precision, coordinates beyond 256 pixels are rounded to quarters,
    and mmcv refuses boxes and features of different types.

    Source: VideoMAE's detection protocol; the operator is mmcv's.

    Args:
        featmap_stride (int): Pixels per cell of the feature map.
        output_size (int): Bins along height and width.
        sampling_ratio (int): Samples per bin and axis; 0: as many as cells.
        aligned (bool): Whether the centres of cells are at half integers.
            The published protocol has False, MMAction2's recipe True.
        backend (str): 'auto', 'mmcv' or 'torch'.
        keep_slices (bool): Concatenate the slices in time, as T' * D
            channels, instead of taking their mean, which is the published
            protocol. Their order tells motions apart without a long training.

    Raises:
        ValueError: If ``backend`` is not one of these, or is 'mmcv' where
            mmcv has no compiled operators.
    """

    roi_layer: nn.Module

    def __init__(self,
                 featmap_stride: int = 16,
                 output_size: int = 7,
                 sampling_ratio: int = 0,
                 aligned: bool = False,
                 backend: str = 'auto',
                 keep_slices: bool = False) -> None:
        if backend not in ('auto', 'mmcv', 'torch'):
            raise ValueError("`backend` must be 'auto', 'mmcv' or 'torch', "
                             f'got {backend!r}')
        if backend == 'mmcv' and not operators_are_compiled():
            raise ValueError(
                "`backend` 'mmcv' needs an mmcv with compiled operators "
                '(`bash tools/setup_env.sh --with-ops`), which this one does '
                "not have; 'auto' and 'torch' compute the same values")
        super().__init__(
            featmap_stride=featmap_stride,
            output_size=output_size,
            sampling_ratio=sampling_ratio,
            aligned=aligned)
        self.keep_slices = keep_slices
        # the parent calls this for each time slice
        self.roi_layer = _RoIAlign(self.roi_layer, backend)

    def forward(self, feat: Union[Tensor, Tuple[Tensor, ...]],
                rois: Tensor) -> tuple:
        """Pool.

        Args:
            feat (Tensor or tuple[Tensor]): Shape (B, D, T', H', W').
            rois (Tensor): Shape (N, 5): clip, x1, y1, x2, y2 in pixels.

        Returns:
            tuple: RoI features (N, D, 1, P, P) and the mean of the feature
            map over time, (B, D, 1, H', W'); T' * D for D with
            ``keep_slices``.
        """
        maps: Sequence[Tensor] = (
            feat if isinstance(feat, (tuple, list)) else (feat, ))
        if self.keep_slices:
            # (B, D, T', H', W') -> (B, T' * D, 1, H', W')
            maps = [f.transpose(1, 2).flatten(1, 2).unsqueeze(2) for f in maps]
        with torch.autocast(rois.device.type, enabled=False):
            return super().forward(
                tuple(f.float() for f in maps), rois.float())
