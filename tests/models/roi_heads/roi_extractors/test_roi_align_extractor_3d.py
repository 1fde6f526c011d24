"""The extractor: mean over time, RoIAlign by whoever can."""
from unittest import mock

import pytest
import torch
from mmaction.models.roi_heads import SingleRoIExtractor3D

from mvd_mm.models.roi_heads import RoIAlignExtractor3D
from mvd_mm.models.roi_heads.roi_extractors import roi_align_extractor_3d
from mvd_mm.utils import operators_are_compiled

ROIS = torch.tensor([[0., 3, 5, 60, 70], [1., 0, 0, 96, 64],
                     [0., 90.5, 60.2, 96, 64]])


@pytest.fixture
def feat():
    return torch.randn(2, 6, 4, 4, 6)  # frames of 64 x 96 pixels


@pytest.fixture
def forget_devices():
    roi_align_extractor_3d._mmcv_runs_on.cache_clear()
    yield
    roi_align_extractor_3d._mmcv_runs_on.cache_clear()


needs_operators = pytest.mark.skipif(
    not operators_are_compiled(),
    reason="mmcv's operators are not compiled here; "
    'tests/test_detection_operators.py runs this with a cached wheel')


@pytest.mark.parametrize(
    'backend',
    ['auto', pytest.param('mmcv', marks=needs_operators), 'torch'])
@pytest.mark.parametrize('aligned', [True, False])
def test_equals_mmaction2s(feat, backend, aligned):
    host = SingleRoIExtractor3D(output_size=7, aligned=aligned)
    ours = RoIAlignExtractor3D(aligned=aligned, backend=backend)
    for found, expected in zip(ours(feat, ROIS), host(feat, ROIS)):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_computes_in_float32_under_autocast(feat):
    ours = RoIAlignExtractor3D()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        found, _ = ours(feat.bfloat16(), ROIS)
    assert found.dtype == torch.float32
    expected, _ = ours(feat.bfloat16().float(), ROIS)
    assert (found == expected).all()


def test_on_the_cpu_the_installed_mmcv_makes_no_difference(feat):
    results = []
    for compiled in (True, False):
        with mock.patch('mmcv.ops.roi_align', side_effect=AssertionError), \
                mock.patch.object(roi_align_extractor_3d,
                                  'operators_are_compiled',
                                  return_value=compiled):
            results.append(RoIAlignExtractor3D()(feat, ROIS)[0])
    expected, _ = RoIAlignExtractor3D(backend='torch')(feat, ROIS)
    assert all((found == expected).all() for found in results)


def test_a_device_with_mmcvs_op_uses_it():
    layer = mock.Mock(
        output_size=(7, 7), spatial_scale=1., sampling_ratio=0, aligned=True)
    feat, rois = torch.zeros(1, 2, 4, 4, device='meta'), torch.zeros(3, 5)
    with mock.patch.object(
            roi_align_extractor_3d, '_mmcv_runs_on',
            return_value=True) as asked:
        found = roi_align_extractor_3d._RoIAlign(layer, 'auto')(feat, rois)
    asked.assert_called_once_with('meta')
    assert found is layer.return_value


def test_a_device_without_the_op_is_noted_once(forget_devices):
    # as mmcv says it where it was built without CUDA
    error = RuntimeError('roi_align_forward_impl: implementation for device '
                         'cuda:0 not found.')
    module = roi_align_extractor_3d
    with mock.patch('mmcv.ops.roi_align', side_effect=error), \
            mock.patch.object(module, 'operators_are_compiled',
                              return_value=True), \
            mock.patch.object(module, 'print_log') as log:
        assert not any(module._mmcv_runs_on('meta') for _ in range(3))
    log.assert_called_once()
    assert 'device cuda:0 not found' in log.call_args.args[0]


def test_without_compiled_operators_mmcv_is_not_asked(forget_devices):
    module = roi_align_extractor_3d
    with mock.patch('mmcv.ops.roi_align', side_effect=AssertionError), \
            mock.patch.object(module, 'operators_are_compiled',
                              return_value=False), \
            mock.patch.object(module, 'print_log') as log:
        assert not module._mmcv_runs_on('meta')
        with pytest.raises(ValueError, match='`backend`.*--with-ops'):
            RoIAlignExtractor3D(backend='mmcv')
    log.assert_called_once()
    assert 'no compiled operators' in log.call_args.args[0]


def test_no_boxes_keep_the_graph(feat):
    feat.requires_grad_()
    found, _ = RoIAlignExtractor3D()(feat, torch.zeros(0, 5))
    assert found.shape == (0, 6, 1, 7, 7)
    found.sum().backward()
    assert (feat.grad == 0).all()


def test_an_unknown_backend_is_refused():
    with pytest.raises(ValueError, match="`backend`.*'cuda'"):
        RoIAlignExtractor3D(backend='cuda')


def test_slices_kept_are_those_pooled_one_by_one(feat):
    found, whole = RoIAlignExtractor3D(keep_slices=True)(feat, ROIS)
    one_by_one = [RoIAlignExtractor3D()(s, ROIS)[0] for s in feat.split(1, 2)]
    torch.testing.assert_close(found, torch.cat(one_by_one, dim=1))
    assert whole.shape == (2, 4 * 6, 1, 4, 6)
