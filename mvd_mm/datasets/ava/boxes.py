"""Boxes x1, y1, x2, y2: how much they overlap."""
import numpy as np

__all__ = ['overlap']


def overlap(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union.

    Args:
        boxes (np.ndarray): Shape (..., 4), in any unit.
        others (np.ndarray): Shape (..., 4), which must broadcast with it.

    Returns:
        np.ndarray: Shares in 0..1, of the broadcast shape without the 4.
    """
    low = np.maximum(boxes[..., :2], others[..., :2])
    high = np.minimum(boxes[..., 2:], others[..., 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=-1)
    union = np.prod(
        boxes[..., 2:] - boxes[..., :2], axis=-1) + np.prod(
            others[..., 2:] - others[..., :2], axis=-1) - both
    return both / np.maximum(union, 1e-12)
