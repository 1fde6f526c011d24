"""RoI head that looks around a person's box when testing."""
from typing import List, Sequence

import torch
from mmaction.models.roi_heads import AVARoIHead
from mmdet.structures.bbox import bbox2roi
from torch import Tensor

from mvd_mm.registry import MODELS

__all__ = ['MVDRoIHead']


@MODELS.register_module()
class MVDRoIHead(AVARoIHead):
    """``AVARoIHead`` with enlarged boxes in testing, and clips without boxes.

    Features are pooled from the enlarged box; the box that is reported is the
    detector's. In training each edge is jittered by -0.2 to +0.1 of the width
    and -0.1 to +0.05 of the height, so boxes grow by 0.1 and 0.05 on average,
    the same as here.

    Source: VideoMAE's detection protocol; the rest is MMAction2's.

    Args:
        expand_ratio (Sequence[float]): How much the width and the height grow,
            as shares of them, half of it on each side; (0, 0): not at all.
        **kwargs: Arguments of mmdet's ``StandardRoIHead``.

    Raises:
        ValueError: If ``expand_ratio`` is not two numbers above -1.
    """

    def __init__(self, expand_ratio: Sequence[float] = (0.1, 0.05),
                 **kwargs) -> None:
        super().__init__(**kwargs)
        if len(expand_ratio) != 2 or min(expand_ratio) <= -1:
            raise ValueError('`expand_ratio` must be two numbers above -1, '
                             f'for width and height, got {expand_ratio}')
        self.expand_ratio = tuple(expand_ratio)

    def expand(self, boxes: Tensor, img_shape: Sequence[int]) -> Tensor:
        """Enlarge boxes about their centres, inside the frame.

        Args:
            boxes (Tensor): Shape (N, 4), x1, y1, x2, y2 in pixels.
            img_shape (Sequence[int]): Height and width of the frame, in
                pixels.

        Returns:
            Tensor: Shape (N, 4).
        """
        sides = boxes[:, 2:] - boxes[:, :2]
        grow = sides * boxes.new_tensor(self.expand_ratio) / 2
        boxes = torch.cat([boxes[:, :2] - grow, boxes[:, 2:] + grow], dim=1)
        height, width = img_shape[:2]
        limit = boxes.new_tensor([width, height, width, height])
        return boxes.clamp(min=0).minimum(limit)

    def predict_bbox(self, x: Tensor, batch_img_metas: List[dict],
                     rpn_results_list: List, rcnn_test_cfg: dict) -> List:
        """Score the actions in each box.

        Args:
            x (Tensor): Features, shape (B, D, T', H', W').
            batch_img_metas (list[dict]): One per clip, with ``img_shape``.
            rpn_results_list (list[InstanceData]): Person boxes per clip.
            rcnn_test_cfg (dict): ``test_cfg.rcnn`` of the detector.

        Returns:
            list[InstanceData]: ``bboxes`` (N, 4) as fractions of the frame,
            ``scores`` (N, classes); empty for a clip without boxes.
        """
        boxes = [result.bboxes.float() for result in rpn_results_list]
        rois = bbox2roi([
            self.expand(b, meta['img_shape'])
            for b, meta in zip(boxes, batch_img_metas)
        ])
        scores = self._bbox_forward(x, rois, batch_img_metas)['cls_score']
        counts = [len(b) for b in boxes]
        return self.bbox_head.predict_by_feat(
            rois=bbox2roi(boxes).split(counts, 0),
            cls_scores=scores.split(counts, 0),
            batch_img_metas=batch_img_metas,
            rcnn_test_cfg=rcnn_test_cfg)
