"""Lines that are shifted, against Pillow, also where float32 is in doubt."""
import cv2
import numpy as np
import pytest
from PIL import Image

from mvd_mm.datasets.transforms import axis_warps
from mvd_mm.datasets.transforms.axis_warps import transpose, warp_lines


def by_pillow(frames, slope, shift):
    size = frames.shape[2], frames.shape[1]
    return np.stack([
        np.asarray(
            Image.fromarray(frame).transform(
                size,
                Image.Transform.AFFINE, (1, slope, shift, 0, 1, 0),
                Image.Resampling.BICUBIC,
                fillcolor=(9, 9, 9))) for frame in frames
    ])


def ours(frames, slope, shift):
    width = frames.shape[2]
    return warp_lines(frames, 0, width, slope, shift, 0, 0, width, 9)


# shares of a half and a quarter give many sums that are whole numbers
@pytest.mark.parametrize('slope, shift', [(0, 0.5), (0, -0.25), (0, 3),
                                          (0.25, 0), (-0.5, 7), (0.21, 0),
                                          (0, 31.7), (0, -50.4), (0, 18.9),
                                          (0.2, 0), (0, 80), (0, -80)])
def test_equals_pillow_on_noise_and_on_ramps(slope, shift):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (2, 40, 60, 3), np.uint8)
    ramp = np.tile(np.arange(60, dtype=np.uint8)[:, None] * 4, (1, 40, 1, 3))
    flat = np.full((1, 40, 60, 3), 255, np.uint8)
    frames = np.concatenate([noise, ramp, flat])
    assert (ours(frames, slope, shift) == by_pillow(frames, slope,
                                                    shift)).all()


def test_without_the_second_sum_some_would_be_wrong(monkeypatch):
    frames = np.random.default_rng(0).integers(0, 256, (4, 90, 160, 3),
                                               np.uint8)
    monkeypatch.setattr(axis_warps, '_sum_again', lambda *_: None)
    wrong = ours(frames, 0.25, 0.1) != by_pillow(frames, 0.25, 0.1)
    assert 0 < wrong.mean() < 0.01


def test_transposing_swaps_rows_and_columns():
    frames = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3), np.uint8)
    assert (transpose(frames[:, 1:]) == frames[:, 1:].swapaxes(1, 2)).all()
    assert cv2.transpose(frames[0]).shape == (7, 5, 3)
