"""Writing of exported networks, each loaded again to be compared."""
import logging
import warnings
from pathlib import Path
from typing import Any, Callable, Tuple

import numpy as np
import torch
from torch import Tensor, nn

__all__ = ['Run', 'torch_run', 'write_onnx', 'write_torch']

Run = Callable[[np.ndarray], np.ndarray]


def torch_run(module: nn.Module) -> Run:
    """Call a network with arrays of pixels.

    Args:
        module (nn.Module): Takes and gives tensors.
    """

    def run(pixels: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return module(torch.from_numpy(pixels)).numpy()

    return run


def _example(shape: Tuple[int, ...]) -> Tuple[Tensor]:
    # two clips: one would be taken for a constant
    return (torch.zeros(2, *shape, dtype=torch.uint8), )


def _trace(module: nn.Module, shape: Tuple[int, ...]) -> Any:
    batch = torch.export.Dim('batch', min=1, max=4096)
    try:
        with torch.no_grad():
            return torch.export.export(
                module.eval(), _example(shape), dynamic_shapes=({
                    0: batch
                }, ))
    except RuntimeError as error:  # all errors of the tracer are
        raise ValueError('torch.export cannot trace this network for any '
                         f'batch: {str(error).splitlines()[0]}') from error


def write_torch(module: nn.Module, shape: Tuple[int, ...], path: Path,
                precision: str) -> Run:
    """Write a program of ``torch.export``, and load it.

    Args:
        module (nn.Module): See :class:`.PixelsToScores`.
        shape (tuple[int, ...]): Of a clip: channels, frames, height, width.
        path (Path): File to write.
        precision (str): That of the module already.

    Raises:
        ValueError: If the network cannot be traced for any batch.
    """
    torch.export.save(_trace(module, shape), path)
    return torch_run(torch.export.load(path).module())


def write_onnx(module: nn.Module, shape: Tuple[int, ...], path: Path,
               precision: str) -> Run:
    """Write an ONNX file, and load it into onnxruntime.

    Args:
        module (nn.Module): See :class:`.PixelsToScores`.
        shape (tuple[int, ...]): Of a clip: channels, frames, height, width.
        path (Path): File to write.
        precision (str): 'int8' quantises; others are the module's already.

    Raises:
        ValueError: If the network cannot be traced for any batch, or its
            weights do not go into one file.
    """
    # optional: only exporting needs them
    import onnxruntime
    size = sum(p.numel() * p.element_size() for p in module.parameters())
    if size > 2e9:
        raise ValueError(
            f'the weights take {size / 1e9:.1f} GB, and a single .onnx file '
            'holds 2 GB: use precision fp16, or a .pt2 file')
    logger = logging.getLogger('torch.onnx')
    level = logger.level
    logger.setLevel('ERROR')  # it warns of packages that nothing here needs
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            program: Any = torch.onnx.export(
                _trace(module, shape),
                input_names=['pixels'],
                output_names=['scores'],
                dynamo=True,
                verbose=False)
    finally:
        logger.setLevel(level)
    program.save(str(path), external_data=False)
    if precision == 'int8':
        _quantise(path)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors
    session = onnxruntime.InferenceSession(
        str(path), options, providers=['CPUExecutionProvider'])
    return lambda pixels: session.run(None, {'pixels': pixels})[0]


def _quantise(path: Path) -> None:
    """Products with constant weights in int8; scales of activations are
    computed while it runs."""
    # optional: only exporting needs it
    from onnxruntime.quantization import QuantType, quantize_dynamic
    whole = path.with_name('float.onnx')
    path.rename(whole)
    logging.disable(logging.WARNING)  # advice for another kind of network
    try:
        quantize_dynamic(
            whole, path, weight_type=QuantType.QInt8, per_channel=True)
    finally:
        logging.disable(logging.NOTSET)
    whole.unlink()
