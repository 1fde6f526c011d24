"""RoIAlign in plain PyTorch equals mmcv's."""
import numpy as np
import pytest
import torch

from mvd_mm.utils import operators_are_compiled, roi_align

# image, x1, y1, x2, y2 of frames of 13 x 22 cells of 16 pixels
SPECIAL = torch.tensor([
    [0., 0, 0, 352, 208],  # whole frame
    [1., 100, 50, 100, 50],  # empty
    [0., 200, 100, 120, 40],  # inside out
    [1., -300, -300, -200, -200],  # far outside
    [0., 340, 190, 600, 500],  # partly outside
    [1., -16, -16, 8, 8],  # one cell outside
    [0., 16, 32, 48, 64],  # on the stride
    [1., 17.3, 40.01, 90.77, 150.5],  # fractions of it
    [0., 0, 0, 3, 2],  # less than a cell
])


@pytest.fixture
def golden_mmcv(request):
    """What mmcv 2.1.0's compiled operator gave on the CPU."""
    path = request.config.rootpath / 'tests/data/mmcv_operators.npz'
    with np.load(path) as arrays:
        return {k: torch.from_numpy(arrays[k]) for k in arrays.files}


def boxes(count):
    corner = torch.rand(count, 2) * 400 - 60
    side = torch.rand(count, 2) * 300
    image = torch.randint(0, 2, (count, 1)).float()
    return torch.cat([image, corner, corner + side], dim=1)


@pytest.mark.parametrize('aligned', [True, False])
@pytest.mark.parametrize('ratio', [0, 1, 2])
@pytest.mark.parametrize('size', [(7, 7), (1, 1), (3, 8)])
def test_equals_what_mmcv_computed_elsewhere(golden_mmcv, aligned, ratio,
                                             size):
    feat = golden_mmcv['feat'].requires_grad_()
    rois = golden_mmcv['rois']
    if aligned:
        rois = rois[(rois[:, 3:] >= rois[:, 1:3]).all(1)]
    name = f'{"x".join(map(str, size))}_{ratio}_{int(aligned)}'
    found = roi_align(feat, rois, size, 1 / 16, ratio, aligned)
    torch.testing.assert_close(
        found, golden_mmcv[f'out_{name}'], rtol=1e-5, atol=1e-5)
    # weights that differ from bin to bin and can be written down
    (found * torch.arange(found.numel()).view_as(found).cos()).sum().backward()
    torch.testing.assert_close(
        feat.grad, golden_mmcv[f'grad_{name}'], rtol=1e-5, atol=1e-5)


@pytest.mark.skipif(
    not operators_are_compiled(),
    reason="mmcv's operators are not compiled here; "
    'tests/test_detection_operators.py runs this with a cached wheel')
@pytest.mark.parametrize('aligned', [True, False])
@pytest.mark.parametrize('ratio', [0, 1, 2])
@pytest.mark.parametrize('size', [(7, 7), (1, 1), (3, 8)])
def test_values_and_gradients_are_mmcvs(aligned, ratio, size):
    mmcv_ops = pytest.importorskip('mmcv.ops')
    rois = torch.cat([SPECIAL, boxes(40)])
    if aligned:  # mmcv's CPU op refuses boxes that are inside out
        rois = rois[(rois[:, 3:] >= rois[:, 1:3]).all(1)]
    theirs = torch.randn(2, 5, 13, 22, requires_grad=True)
    ours = theirs.detach().clone().requires_grad_()
    expected = mmcv_ops.roi_align(theirs, rois, size, 1 / 16, ratio, 'avg',
                                  aligned)
    found = roi_align(ours, rois, size, 1 / 16, ratio, aligned)
    assert expected.abs().max() > 0.5
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    weights = torch.randn_like(found)
    (expected * weights).sum().backward()
    (found * weights).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-5, atol=1e-5)


def test_a_ramp_is_read_at_the_bins_centres():
    # feature = x + 100 y in cells: linear, so a bin's mean is its centre
    y, x = torch.meshgrid(torch.arange(20.), torch.arange(20.), indexing='ij')
    ramp = (x + 100 * y)[None, None]
    roi = torch.tensor([[0., 40, 56, 104, 168]])
    found = roi_align(ramp, roi, (2, 4), 1 / 16, aligned=False)
    # x from 2.5 over 4 cells in 4 bins, y from 3.5 over 7 cells in 2 bins
    centres_x = torch.tensor([3., 4, 5, 6])
    centres_y = torch.tensor([[5.25], [8.75]])
    torch.testing.assert_close(found[0, 0], centres_x + 100 * centres_y)


def test_no_boxes_give_no_features():
    found = roi_align(torch.randn(1, 3, 4, 4), torch.zeros(0, 5), (7, 7), 1.)
    assert found.shape == (0, 3, 7, 7)


def test_boxes_without_an_image_index_are_refused():
    with pytest.raises(ValueError, match='`rois`'):
        roi_align(torch.randn(1, 3, 4, 4), torch.zeros(2, 4), (7, 7), 1.)
