"""Where mmcv has no compiled operators, all that is needed works without."""
import importlib
import os
import pickle
import subprocess
import sys
import types

import numpy as np
import pytest
import torch

from mvd_mm.utils import mmcv_operators

# without conftest's import of mvd_mm, in an interpreter of its own
IMPORTS = """
import sys
import mvd_mm
import mmcv.ops, mmdet.models, mmdet.apis
from mmengine.utils.dl_utils.misc import mmcv_full_available
from mvd_mm.utils import operators_are_compiled
print(operators_are_compiled(), mmcv_full_available(),
      hasattr(mvd_mm.models, 'MVDRoIHead'))
import torch
mmcv.ops.soft_nms(torch.zeros(1, 4), torch.zeros(1))
"""


def python(code, **environment):
    return subprocess.run([sys.executable, '-c', code],
                          env={
                              **os.environ,
                              **environment
                          },
                          stdin=subprocess.DEVNULL,
                          capture_output=True,
                          text=True,
                          timeout=300)


@pytest.fixture
def golden_mmcv(request):
    """What mmcv 2.1.0's compiled operator gave on the CPU."""
    path = request.config.rootpath / 'tests/data/mmcv_operators.npz'
    with np.load(path) as arrays:
        return {k: torch.from_numpy(arrays[k]) for k in arrays.files}


@pytest.fixture
def stand_in(monkeypatch):
    """The stand-in, whatever mmcv is installed."""
    monkeypatch.delitem(sys.modules, 'mmcv._ext', raising=False)
    monkeypatch.setenv(mmcv_operators.CHOICE, 'stand-in')
    mmcv_operators.stand_in_for_operators()
    return sys.modules['mmcv._ext']


def test_detection_imports_and_a_missing_operator_is_named():
    run = python(IMPORTS, MVD_MM_OPERATORS='stand-in')
    assert run.stdout.split() == ['False', 'False', 'True'], run.stderr
    last = run.stderr.strip().splitlines()[-1]
    for words in ('`softnms`', 'setup_env.sh --with-ops', 'MMCV_WITH_OPS=1'):
        assert words in last


def test_without_a_stand_in_detection_says_what_is_missing():
    run = python(
        "import sys; sys.modules['mmcv._ext'] = None\n"
        'import mvd_mm\nfrom mvd_mm.utils import detection_packages\n'
        'print(detection_packages.detection_fault())',
        MVD_MM_OPERATORS='compiled')
    assert run.returncode == 0, run.stderr
    for words in ('mmcv.ops cannot be imported', 'mmcv-lite==2.1.0'):
        assert words in run.stdout


def test_an_unknown_choice_is_refused(monkeypatch):
    monkeypatch.setenv(mmcv_operators.CHOICE, 'never')
    with pytest.raises(ValueError, match="MVD_MM_OPERATORS must .*'never'"):
        mmcv_operators.stand_in_for_operators()


def test_what_is_in_place_is_left_alone(monkeypatch):
    compiled = types.ModuleType('mmcv._ext')
    monkeypatch.setitem(sys.modules, 'mmcv._ext', compiled)
    monkeypatch.setenv(mmcv_operators.CHOICE, 'auto')
    mmcv_operators.stand_in_for_operators()
    assert sys.modules['mmcv._ext'] is compiled
    assert mmcv_operators.operators_are_compiled()


def test_the_stand_in_answers_for_operators_only(stand_in):
    assert not mmcv_operators.operators_are_compiled()
    assert stand_in.__spec__.loader is None
    assert stand_in.anything.__name__ == 'anything'
    assert not hasattr(stand_in, '__path__')
    with pytest.raises(mmcv_operators.MissingOperatorError, match='`mine`'):
        stand_in.mine(1, key=2)
    error = mmcv_operators.MissingOperatorError('a')
    assert pickle.loads(pickle.dumps(error)).args == ('a', )


class TestNMS:

    @pytest.mark.parametrize('offset', [0, 1])
    @pytest.mark.parametrize('threshold', [0.1, 0.3, 0.5, 0.7])
    def test_keeps_what_mmcv_keeps(self, golden_mmcv, monkeypatch, threshold,
                                   offset):
        monkeypatch.setattr(mmcv_operators, '_torchvision_ops', lambda: None)
        found = mmcv_operators.nms(golden_mmcv['boxes'], golden_mmcv['scores'],
                                   threshold, offset)
        expected = golden_mmcv[f'kept_{threshold}_{offset}']
        assert found.tolist() == expected.tolist()

    def test_no_boxes(self):
        found = mmcv_operators.nms(torch.zeros(0, 4), torch.zeros(0), 0.5)
        assert found.shape == (0, ) and found.dtype == torch.int64

    def test_torchvision_is_used_where_it_is(self, monkeypatch):
        """It knows no offset: a box's corner carries it."""
        calls = []

        def nms(boxes, scores, iou_threshold):
            calls.append((boxes.tolist(), iou_threshold))
            return torch.tensor([0])

        monkeypatch.setattr(mmcv_operators, '_torchvision_ops',
                            lambda: types.SimpleNamespace(nms=nms))
        box = torch.tensor([[1., 2, 3, 4]])
        mmcv_operators.nms(box, torch.ones(1), 0.4, 1)
        assert calls == [([[1., 2, 4, 5]], 0.4)]


class TestRoIAlign:
    """mmcv's own layer, whose module is given the stand-in."""

    @pytest.fixture
    def layer(self, stand_in, monkeypatch):
        module = importlib.import_module('mmcv.ops.roi_align')
        monkeypatch.setattr(module, 'ext_module', stand_in)
        return module.RoIAlign

    @pytest.mark.parametrize('aligned', [True, False])
    @pytest.mark.parametrize('at_a_time', [2, 64])
    def test_values_and_gradients_are_mmcvs(self, layer, golden_mmcv,
                                            monkeypatch, aligned, at_a_time):
        monkeypatch.setattr(mmcv_operators, '_torchvision_ops', lambda: None)
        monkeypatch.setattr(mmcv_operators, '_BOXES_AT_A_TIME', at_a_time)
        feat = golden_mmcv['feat'].requires_grad_()
        rois = golden_mmcv['rois']
        if aligned:
            rois = rois[(rois[:, 3:] >= rois[:, 1:3]).all(1)]
        found = layer((3, 8), 1 / 16, 2, aligned=aligned)(feat, rois)
        name = f'3x8_2_{int(aligned)}'
        torch.testing.assert_close(
            found, golden_mmcv[f'out_{name}'], rtol=1e-5, atol=1e-5)
        weights = torch.arange(found.numel()).view_as(found).cos()
        (found * weights).sum().backward()
        torch.testing.assert_close(
            feat.grad, golden_mmcv[f'grad_{name}'], rtol=1e-5, atol=1e-5)

    def test_torchvision_is_used_where_it_is(self, layer, monkeypatch):
        calls = []

        def roi_align(*args):
            calls.append(args[2:])
            return torch.full((1, 2, 2, 3), 7.)

        monkeypatch.setattr(mmcv_operators, '_torchvision_ops',
                            lambda: types.SimpleNamespace(roi_align=roi_align))
        found = layer((2, 3), 0.25)(torch.zeros(1, 2, 8, 8), torch.zeros(1, 5))
        assert calls == [((2, 3), 0.25, 0, True)]
        assert (found == 7).all()

    def test_the_maximum_needs_a_compiled_mmcv(self, layer):
        with pytest.raises(
                mmcv_operators.MissingOperatorError,
                match="`pool_mode='max'`.*--with-ops"):
            layer((2, 3), pool_mode='max')(torch.zeros(1, 2, 8, 8),
                                           torch.zeros(1, 5))


def test_a_torchvision_for_another_torch_counts_as_none(monkeypatch):

    def refuse(name):
        raise RuntimeError('operator torchvision::nms does not exist')

    monkeypatch.setattr(mmcv_operators.importlib, 'import_module', refuse)
    assert mmcv_operators._torchvision_ops() is None
