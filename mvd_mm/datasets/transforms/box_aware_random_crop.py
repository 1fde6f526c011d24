"""A random crop of clips with boxes."""
from typing import Optional, Tuple

import numpy as np
from mmaction.datasets.transforms import RandomCrop

from mvd_mm.registry import TRANSFORMS

__all__ = ['BoxAwareRandomCrop']

_ROW_KEYS = ('gt_labels', 'entity_ids')


@TRANSFORMS.register_module()
class BoxAwareRandomCrop(RandomCrop):
    """``RandomCrop`` that says what becomes of the boxes it cuts.

    As published, a box that leaves the crop is clamped to it and keeps its
    labels, be it outside as a whole: it then is a line or a point at the
    border.

    With ``min_visible``, the network is not taught actions of persons whom the
    crop does not show:

    - a box of which no more than ``min_visible`` of the area remains is
      dropped, with its labels and its id;
    - any other is clamped to the crop and keeps its labels;
    - where no box would remain, another position is drawn, ``max_attempts``
      times at most; after that the crop is put around one of the boxes. A
      clip thus keeps a box unless none had an area to begin with.

    Positions are uniform over all that fit, the last row and column included.
    Proposals, if there are any, are treated alike, with their scores.

    Required Keys:

    - imgs (list[np.ndarray])
    - img_shape (tuple[int, int])
    - gt_bboxes (np.ndarray): (N, 4), pixels.

    Modified Keys:

    - imgs, img_shape, crop_bbox
    - gt_bboxes, gt_labels, entity_ids, proposals, scores

    Args:
        size (int): Side of the crop, in pixels.
        min_visible (float, optional): Share of a box's area that must be
            exceeded, in [0, 1); None: every box is kept.
        max_attempts (int): Positions drawn at most, with ``min_visible``.

    Raises:
        ValueError: If an argument is out of its range, or a frame smaller
            than the crop.

    Source: VideoMAE's detection protocol, without ``min_visible``.
    """

    def __init__(self,
                 size: int,
                 min_visible: Optional[float] = None,
                 max_attempts: int = 10) -> None:
        super().__init__(size)
        if min_visible is not None and not 0 <= min_visible < 1:
            raise ValueError('`min_visible` must be in [0, 1), or None to '
                             f'keep every box, got {min_visible}')
        if max_attempts < 1:
            raise ValueError(
                f'`max_attempts` must be positive, got {max_attempts}')
        self.min_visible = min_visible
        self.max_attempts = max_attempts

    def _visible(self, boxes: np.ndarray, corner: np.ndarray) -> np.ndarray:
        """Which boxes are kept, (N, ) bool."""
        if self.min_visible is None:
            return np.ones(len(boxes), dtype=bool)
        shown = _area(np.clip(boxes - np.tile(corner, 2), 0, self.size))
        # an area of 0 keeps nothing, whatever the bound
        return (shown > self.min_visible * _area(boxes)) & (shown > 0)

    def _place(self, boxes: np.ndarray, room: np.ndarray) -> np.ndarray:
        """Upper left corner (x, y) of the crop."""
        for _ in range(self.max_attempts):
            corner = np.array([np.random.randint(0, n + 1) for n in room])
            if self.min_visible is None or self._visible(boxes, corner).any():
                return corner
        box = boxes[np.random.randint(len(boxes))]
        centre = (box[:2] + box[2:]) / 2
        corner = np.clip(centre - self.size / 2, 0, room)
        return np.floor(corner).astype(int)

    def transform(self, results: dict) -> dict:
        """Crop; draws with NumPy's global generator."""
        height, width = results['img_shape']
        if min(height, width) < self.size:
            raise ValueError(
                f'`size` is {self.size}, the frames are {height} x {width} '
                'pixels: resize their short side to at least that before')
        boxes = results['gt_bboxes']
        room = np.array([width, height]) - self.size
        corner = self._place(boxes, room)
        for key, rows in (('gt_bboxes', _ROW_KEYS), ('proposals',
                                                     ('scores', ))):
            if results.get(key) is None:
                continue
            keep = self._visible(results[key], corner)
            results[key] = np.clip(results[key][keep] - np.tile(corner, 2), 0,
                                   self.size)
            for row in rows:
                if row in results:
                    results[row] = results[row][keep]
        crop = np.concatenate([corner, corner + self.size])
        results['imgs'] = self._crop_imgs(results['imgs'], crop)
        results['crop_bbox'] = crop
        results['img_shape'] = (self.size, self.size)
        return results

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(size={self.size}, '
                f'min_visible={self.min_visible}, '
                f'max_attempts={self.max_attempts})')


def _area(boxes: np.ndarray) -> np.ndarray:
    sides: Tuple[np.ndarray, ...] = (boxes[:, 2:] - boxes[:, :2]).T
    return np.clip(sides[0], 0, None) * np.clip(sides[1], 0, None)
