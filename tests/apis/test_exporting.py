"""Exported recognisers: agreement, dynamic batch, what is refused."""
import importlib.util
import sys

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mvd_mm.apis import exporting
from mvd_mm.apis.export_modules import PixelsToScores
from mvd_mm.apis.exporting import export_recognizer
from mvd_mm.apis.recognizer import load_recognizer
from mvd_mm.utils.roi_align import roi_align

needs_onnx = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ('onnxruntime', 'onnxscript'))),
    reason='ONNX is optional: requirements/tests.txt has its packages')


@pytest.fixture
def reference(recognition_run):
    """Scores of the source, computed as training does."""
    config, checkpoint, _ = recognition_run
    model = load_recognizer(Config.fromfile(config), checkpoint)

    def score(pixels):
        batch = dict(
            inputs=[torch.from_numpy(p)[None] for p in pixels],
            data_samples=None)
        with torch.no_grad():
            data = model.data_preprocessor(batch)['inputs'].flatten(0, 1)
            return model.cls_head(model.backbone(data)).numpy()

    return score


def clips(number, seed=1):
    draw = np.random.default_rng(seed)
    return draw.integers(0, 256, (number, 3, 4, 32, 32), dtype=np.uint8)


def session(path):
    import onnxruntime
    made = onnxruntime.InferenceSession(
        str(path), providers=['CPUExecutionProvider'])
    return lambda pixels: made.run(['scores'], {'pixels': pixels})[0]


@needs_onnx
def test_onnx_agrees_for_any_batch(recognition_run, reference, tmp_path):
    config, checkpoint, videos = recognition_run
    out = tmp_path / 'out' / 'm.onnx'
    found = export_recognizer(config, checkpoint, out, videos=videos)
    assert found.difference < 1e-4 and found.same_class == found.clips == 3
    run = session(out)
    for number in (1, 2, 3, 4, 7):
        pixels = clips(number)
        np.testing.assert_allclose(
            run(pixels), reference(pixels), atol=1e-4, rtol=0)
    assert [p.name for p in out.parent.iterdir()] == ['m.onnx']


def test_torch_export_agrees_for_any_batch(recognition_run, reference,
                                           tmp_path):
    config, checkpoint, _ = recognition_run
    out = tmp_path / 'm.pt2'
    found = export_recognizer(config, checkpoint, out)
    assert found.difference < 1e-4
    program = torch.export.load(out).module()
    for number in (1, 3, 7):
        pixels = clips(number)
        np.testing.assert_allclose(
            program(torch.from_numpy(pixels)).detach().numpy(),
            reference(pixels),
            atol=1e-4,
            rtol=0)


def kinds_of_weights(path):
    import onnx
    return {
        onnx.TensorProto.DataType.Name(weight.data_type)
        for weight in onnx.load(str(path)).graph.initializer
        if len(weight.dims) == 2 and min(weight.dims) > 1
    }


@needs_onnx
def test_fp16_is_as_exact_as_pytorchs(recognition_run, reference, tmp_path):
    config, checkpoint, _ = recognition_run
    out = tmp_path / 'm.onnx'
    export_recognizer(config, checkpoint, out, 'fp16')
    assert kinds_of_weights(out) == {'FLOAT16'}
    model = load_recognizer(Config.fromfile(config), checkpoint)
    pixels = clips(5)
    with torch.no_grad():
        half = PixelsToScores(model, torch.float16)(torch.from_numpy(pixels))
    found, exact = session(out)(pixels), reference(pixels)
    assert found.dtype == np.float32
    # each operation rounds, and the two do so in another order
    rounding = abs(half.numpy() - exact).max()
    assert 0 < abs(found - exact).max() < 3 * rounding


class Quantised(torch.nn.Module):
    """A product in int8 as ``--precision int8`` means it.

    Weights have a scale for each output; inputs have one scale and one zero
    for all of them, from their range, and that range holds 0.
    """

    def __init__(self, linear):
        super().__init__()
        scale = linear.weight.abs().amax(1, keepdim=True) / 127
        self.weight = (linear.weight / scale).round() * scale
        self.bias = linear.bias

    def forward(self, x, bias=None, gelu=False):
        low, high = x.min().clamp(max=0), x.max().clamp(min=0)
        scale = (high - low) / 255
        zero = (-low / scale).round()
        x = (((x / scale).round() + zero).clamp(0, 255) - zero) * scale
        bias = self.bias if bias is None else bias
        y = torch.nn.functional.linear(x, self.weight, bias)
        return torch.nn.functional.gelu(y) if gelu else y


@needs_onnx
def test_int8_is_the_arithmetic_that_is_stated(recognition_run, reference,
                                               tmp_path):
    config, checkpoint, _ = recognition_run
    out = tmp_path / 'm.onnx'
    export_recognizer(config, checkpoint, out, 'int8')
    assert kinds_of_weights(out) == {'INT8'}
    model = load_recognizer(Config.fromfile(config), checkpoint)
    stated = PixelsToScores(model)
    for name, layer in list(stated.named_modules()):
        if isinstance(layer, torch.nn.Linear):
            parent, _, child = name.rpartition('.')
            setattr(stated.get_submodule(parent), child, Quantised(layer))
    pixels = clips(5)
    with torch.no_grad():
        expected = stated(torch.from_numpy(pixels)).numpy()
    found = session(out)(pixels)
    # int8 changes the scores; a value between two levels may fall otherwise
    change = abs(expected - reference(pixels)).max()
    assert change > 1e-3
    assert abs(found - expected).max() < .1 * change


def test_right_answers_are_counted_where_there_are_labels(
        recognition_run, reference, tmp_path):
    config, checkpoint, videos = recognition_run
    listed = tmp_path / 'lists' / 'val.txt'
    found = export_recognizer(config, checkpoint, tmp_path / 'a.pt2', 'fp16',
                              listed, str(videos))
    assert found.clips == 3
    # each line has one label of two: the other ones give the complement
    lines = [line.split('\t') for line in listed.read_text().splitlines()]
    listed.write_text(''.join(f'{name}\t{1 - int(label)}\n'
                              for name, label in lines))
    other = export_recognizer(config, checkpoint, tmp_path / 'b.pt2', 'fp16',
                              listed, str(videos))
    for name in ('source_right', 'file_right'):
        assert getattr(found, name) + getattr(other, name) == 3
    assert f'right by their labels: {found.file_right}, of the ' in str(found)
    without = export_recognizer(config, checkpoint, tmp_path / 'c.pt2', 'fp16',
                                videos)
    assert without.file_right is None and 'right' not in str(without)


def test_a_file_that_does_not_agree_is_not_written(recognition_run, tmp_path,
                                                   monkeypatch):
    config, checkpoint, _ = recognition_run
    write = exporting.write_torch

    def wrong(*args):
        run = write(*args)
        return lambda pixels: run(pixels) + np.float32(2e-4)

    monkeypatch.setattr(exporting, 'write_torch', wrong)
    with pytest.raises(ValueError, match='does not agree.*was not written'):
        export_recognizer(config, checkpoint, tmp_path / 'm.pt2')
    assert not list(tmp_path.glob('*.pt2')) + list(tmp_path.glob('.export*'))


@pytest.mark.parametrize('out, precision, words', [
    ('m.pt', 'fp32', r'must end in .onnx or in .pt2'),
    ('m.onnx', 'bf16', '`precision`'),
    ('m.pt2', 'int8', 'torch.export cannot trace'),
])
def test_what_cannot_be_done_is_refused_with_the_reason(
        recognition_run, tmp_path, out, precision, words):
    config, checkpoint, _ = recognition_run
    with pytest.raises(ValueError, match=words):
        export_recognizer(config, checkpoint, tmp_path / out, precision)


def test_other_models_are_refused_with_the_way_out(recognition_run,
                                                   pretraining_run, tmp_path):
    config, checkpoint, _ = recognition_run
    out = tmp_path / 'm.pt2'
    with pytest.raises(TypeError, match='RoIAlign.*draw_actions'):
        export_recognizer(
            config, checkpoint, out, cfg_options={'model.roi_head': {}})
    with pytest.raises(TypeError, match='extract_features'):
        export_recognizer(pretraining_run[0], checkpoint, out)
    out.write_text('mine')
    with pytest.raises(ValueError, match='`--overwrite`'):
        export_recognizer(config, checkpoint, out)
    assert out.read_text() == 'mine'


def test_roi_align_is_why_detectors_are_refused():

    class Pool(torch.nn.Module):

        def forward(self, feat, rois):
            return roi_align(feat, rois, (2, 2), 1., sampling_ratio=0)

    inputs = (torch.randn(1, 2, 8, 8), torch.tensor([[0., 1, 1, 6, 6]]))
    assert Pool()(*inputs).shape == (1, 2, 2, 2)
    with pytest.raises(RuntimeError, match='data-dependent'):
        torch.export.export(Pool(), inputs)


def test_a_missing_package_is_named(recognition_run, tmp_path, monkeypatch):
    config, checkpoint, _ = recognition_run
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(ImportError, match=r"mvd_mm\[export\]"):
        export_recognizer(config, checkpoint, tmp_path / 'm.onnx')
