"""Parts of augmented frames equal parts of Pillow's whole frames."""
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from mvd_mm.datasets.transforms.pending_frames import PendingFrames
from mvd_mm.datasets.transforms.rand_augment_ops import OPERATIONS, Box
from tests.datasets.transforms.test_rand_augment_ops import FILL

WHOLE = Box(0, 0, 96, 72)
BOXES = [
    WHOLE,
    Box(0, 0, 20, 20),
    Box(76, 52, 20, 20),
    Box(30, 0, 7, 72),
    Box(0, 31, 96, 1),
    Box(40, 40, 1, 1)
]


@pytest.fixture(scope='module')
def frames():
    photo = load_sample_image('flower.jpg')[100:172, 200:296]
    dark = photo // 4
    dark[20:50, 30:60] = 0
    return np.stack([photo, dark])


def by_pillow(frames, name, argument):
    matrix = OPERATIONS[name].function(argument, 96, 72)
    return np.stack([
        np.asarray(
            Image.fromarray(frame).transform((96, 72),
                                             Image.Transform.AFFINE,
                                             matrix,
                                             Image.Resampling.BICUBIC,
                                             fillcolor=FILL))
        for frame in frames
    ])


@pytest.mark.parametrize('magnitude', [-10, -7.3, -0.01, 0, 2.5, 9.99])
@pytest.mark.parametrize('name', [n for n, o in OPERATIONS.items() if o.warps])
def test_parts_of_warps(frames, name, magnitude):
    argument = OPERATIONS[name].argument(magnitude)
    expected = by_pillow(frames, name, argument)
    pending = PendingFrames(frames, [(name, argument, 'bicubic')], 128)
    assert pending.size == (72, 96) and len(pending) == 2
    for box in BOXES:
        assert (pending.part(box) == expected[box.within(WHOLE)]).all(), box


@pytest.mark.parametrize('name',
                         [n for n, o in OPERATIONS.items() if not o.warps])
def test_parts_of_the_others(frames, name):
    operation = OPERATIONS[name]
    arguments = [operation.argument(6)] if operation.argument else []
    expected = operation.function(frames, *arguments)
    pending = PendingFrames(frames, [(name, *(arguments or [None]), None)], 0)
    for box in BOXES:
        assert (pending.part(box) == expected[box.within(WHOLE)]).all(), box


@pytest.mark.parametrize('seed', range(20))
def test_parts_of_a_chain(frames, seed):
    rng = np.random.default_rng(seed)
    steps = []
    for name in rng.choice(list(OPERATIONS), 4):
        operation = OPERATIONS[name]
        argument = None
        if operation.argument:
            argument = operation.argument(
                rng.normal(7, .5) *
                rng.choice([-1, 1] if operation.signed else [1]))
        steps.append((name, argument, 'bicubic' if operation.warps else None))
    expected = frames
    for step in steps:  # one after the other, on whole frames
        expected = PendingFrames(expected, [step], 128).all()
    pending = PendingFrames(frames, steps, 128)
    for box in BOXES:
        assert (pending.part(box) == expected[box.within(WHOLE)]).all(), steps


def test_no_operation_leaves_the_frames(frames):
    assert (PendingFrames(frames, [], 128).all() == frames).all()
