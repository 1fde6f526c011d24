"""Frames whose augmentation waits until it is known what will be shown."""
from typing import Any, List, Sequence, Tuple

import numpy as np
from PIL import Image

from .rand_augment_ops import OPERATIONS, Box, source_box, warp

__all__ = ['PendingFrames']

_RESAMPLE = dict(
    bilinear=Image.Resampling.BILINEAR, bicubic=Image.Resampling.BICUBIC)


class PendingFrames:
    """Frames and the operations drawn for them.

    A crop shows half of a frame on average. What it does not show is computed
    only where an operation measures whole frames.

    Args:
        frames (np.ndarray): uint8, (T, H, W, 3).
        steps (Sequence[tuple]): Name of :data:`.OPERATIONS`, argument or None,
            and, of warps, 'bilinear' or 'bicubic'.
        fill (int): Grey level of what a warp leaves empty.
    """

    def __init__(self, frames: np.ndarray, steps: Sequence[Tuple],
                 fill: int) -> None:
        self.frames, self.steps, self.fill = frames, steps, fill
        self.whole = Box(0, 0, frames.shape[2], frames.shape[1])

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def size(self) -> Tuple[int, int]:
        """Height and width of the frames."""
        return self.whole.h, self.whole.w

    def all(self) -> np.ndarray:
        """Whole frames, augmented."""
        return self.part(self.whole)

    def part(self, box: Box) -> np.ndarray:
        """What a box shows of the augmented frames, (T, h, w, 3) uint8."""
        boxes = self._boxes(box)
        frames, shown = self.frames[boxes[0].within(self.whole)], boxes[0]
        for (name, argument,
             interpolation), target in zip(self.steps, boxes[1:]):
            operation = OPERATIONS[name]
            if operation.warps:
                matrix = operation.function(argument, *self.whole[2:])
                output = target if interpolation == 'bicubic' else self.whole
                frames = warp(frames, shown, self.whole[2:], matrix, output,
                              _RESAMPLE[interpolation], self.fill)
                frames = frames[target.within(output)]
            else:
                arguments = [] if argument is None else [argument]
                if operation.reach == 0:
                    frames, shown = frames[target.within(shown)], target
                frames = operation.function(frames, *arguments)
                frames = frames[target.within(shown)]
            shown = target
        return frames

    def _boxes(self, box: Box) -> List[Box]:
        """What each step must have before it, and the box at the end."""
        boxes = [box]
        for name, argument, interpolation in reversed(self.steps):
            operation: Any = OPERATIONS[name]
            if operation.reach is None or interpolation == 'bilinear':
                # a part of a bilinear warp would be rounded otherwise
                box = self.whole
            elif operation.warps:
                matrix = operation.function(argument, *self.whole[2:])
                box = source_box(matrix, box, *self.whole[2:])
                if not box.w or not box.h:  # nothing, but an image it is
                    box = Box(0, 0, 1, 1)
            else:
                box = self._grown(box, operation.reach)
            boxes.insert(0, box)
        return boxes

    def _grown(self, box: Box, reach: int) -> Box:
        x, y = max(0, box.x - reach), max(0, box.y - reach)
        right = min(self.whole.w, box.x + box.w + reach)
        below = min(self.whole.h, box.y + box.h + reach)
        return Box(x, y, right - x, below - y)
