"""Proposals for training, made from the ground truth."""
from typing import Optional, Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS

__all__ = ['JitterBoxes']


@TRANSFORMS.register_module()
class JitterBoxes(BaseTransform):
    """Propose every ground-truth box with its edges moved at random.

    A detector's boxes are never exact; this teaches the network to cope with
    that, without a proposal file. Each of the four edges moves on its own, by
    a uniform share of the box's width or height, and stays in the frame.
    Rows keep their order: ``mvd_mm.RowAssigner`` hands box i's labels to
    proposal i. If there are more than ``max_boxes``, that many are chosen at
    random each time; which ones the published training takes is not known.

    Required Keys:

    - gt_bboxes (np.ndarray): (N, 4), pixels, after any crop and flip.
    - img_shape (tuple[int, int])

    Modified Keys:

    - gt_bboxes, gt_labels, entity_ids: Rows of the chosen boxes.

    Added Keys:

    - proposals (np.ndarray): float32, (N, 4), pixels.

    Source: VideoMAE's detection protocol.

    Args:
        x_range (Sequence[float]): Bounds for the left edge as shares of the
            box's width, negative is outwards; the right edge mirrors it.
        y_range (Sequence[float]): The same for top and bottom, as shares of
            its height.
        max_boxes (int, optional): Boxes of a clip, at most; published: 100.
            None: all.

    Raises:
        ValueError: If a range is not rising or leaves (-1, 0.5): edges of
            one box would meet. If ``max_boxes`` is not positive.
    """

    def __init__(self,
                 x_range: Sequence[float] = (-0.2, 0.1),
                 y_range: Sequence[float] = (-0.1, 0.05),
                 max_boxes: Optional[int] = None) -> None:
        for name, bounds in (('x_range', x_range), ('y_range', y_range)):
            if len(bounds) != 2 or not -1 < bounds[0] <= bounds[1] < 0.5:
                raise ValueError(f'`{name}` must be two rising numbers in '
                                 f'(-1, 0.5), got {bounds}')
        if max_boxes is not None and max_boxes < 1:
            raise ValueError(
                f'`max_boxes` must be positive or None, got {max_boxes}')
        self.x_range = tuple(x_range)
        self.y_range = tuple(y_range)
        self.max_boxes = max_boxes

    def transform(self, results: dict) -> dict:
        """Draw with NumPy's global generator."""
        count = len(results['gt_bboxes'])
        if self.max_boxes is not None and count > self.max_boxes:
            rows = np.random.permutation(count)[:self.max_boxes]
            for key in ('gt_bboxes', 'gt_labels', 'entity_ids'):
                if key in results:
                    results[key] = results[key][rows]
        boxes = np.asarray(results['gt_bboxes'], dtype=np.float32)
        sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)  # (N, 4)
        low, high = np.array([self.x_range, self.y_range] * 2).T
        inwards = np.random.uniform(low, high, boxes.shape)
        boxes = boxes + np.array([1, 1, -1, -1]) * inwards * sides
        height, width = results['img_shape']
        results['proposals'] = np.clip(
            boxes, 0, [width, height, width, height]).astype(np.float32)
        return results

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(x_range={self.x_range}, '
                f'y_range={self.y_range}, max_boxes={self.max_boxes})')
