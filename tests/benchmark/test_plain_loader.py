"""The operations of the plain side are those of the package."""
import numpy as np
import pytest
from PIL import Image

from mvd_mm.benchmark.plain_loader import _OPERATIONS, PlainViews
from mvd_mm.datasets.transforms.pending_frames import PendingFrames
from mvd_mm.datasets.transforms.rand_augment_ops import OPERATIONS


@pytest.mark.parametrize('name', OPERATIONS)
def test_every_operation_gives_the_same_pixels(name):
    frames = np.random.default_rng(0).integers(0, 256, (1, 40, 52, 3),
                                               np.uint8)
    for magnitude in (0.5, 6.6, 10):
        operation = OPERATIONS[name]
        argument = operation.argument and operation.argument(magnitude)
        kind = 'bicubic' if operation.warps else None
        ours = PendingFrames(frames, [(name, argument, kind)], 128).all()[0]
        arguments = () if argument is None else (argument, )
        plain = _OPERATIONS[name](Image.fromarray(frames[0]), *arguments)
        assert (ours == np.asarray(plain)).all()


def test_views_are_clips_of_their_sides():
    frames = np.random.default_rng(0).integers(0, 256, (4, 30, 40, 3),
                                               np.uint8)
    student, teacher = PlainViews((16, 14))(dict(imgs=list(frames)))
    assert student.shape == (3, 4, 16, 16) and teacher.shape == (3, 4, 14, 14)
    assert abs(student.mean()) < 1 and 0.1 < student.std() < 2
