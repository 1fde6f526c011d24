"""A trained recogniser as an ONNX file or a program of ``torch.export``."""
import time
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np
import torch
from mmengine.config import Config

from mvd_mm.datasets.video_sources import read_source
from mvd_mm.datasets.video_windows import WindowDataset, read_clips
from mvd_mm.utils.atomic import whole_file
from .config_variables import merged_config
from .export_modules import PixelsToScores, clip_shape
from .export_writers import Run, torch_run, write_onnx, write_torch
from .recognizer import load_recognizer

__all__ = ['Agreement', 'export_recognizer']

PRECISIONS = ('fp32', 'fp16', 'int8')
FORMATS = {'.onnx': 'onnx', '.pt2': 'torch'}
TOLERANCE = 1e-4  # of fp32: largest difference of a score
_BATCHES = (1, 2, 3, 4)


class Agreement(NamedTuple):
    """How a file compares with the network it was made from.

    Args:
        clips (int): Clips that both were given.
        difference (float): Largest difference of a score.
        probability (float): Largest difference of a probability.
        same_class (int): Clips with the same best class.
        source_ms (float): Milliseconds of the source for a clip, median of
            calls that alternate with the file's.
        file_ms (float): Those of the file.
        source_right (int, optional): Clips whose best class of the source is
            their label; None without labels.
        file_right (int, optional): Likewise of the file.
    """

    clips: int
    difference: float
    probability: float
    same_class: int
    source_ms: float
    file_ms: float
    source_right: Optional[int] = None
    file_right: Optional[int] = None

    def __str__(self) -> str:
        right = '' if self.file_right is None else (
            f'; right by their labels: {self.file_right}, of the source '
            f'{self.source_right}')
        return (f'{self.clips} clips: scores differ by {self.difference:.2g} '
                f'at most, probabilities by {self.probability:.2g}; the same '
                f'class for {self.same_class}{right}; a clip takes '
                f'{self.file_ms:.0f} ms, the source '
                f'{self.source_ms:.0f} ms')


def _refuse(out: Path, precision: str) -> str:
    """Say early what cannot be done; the format otherwise."""
    kind = FORMATS.get(out.suffix)
    if kind is None:
        raise ValueError('`out` must end in .onnx or in .pt2 (torch.export), '
                         f'got {out}')
    if precision not in PRECISIONS:
        raise ValueError(f'`precision` must be one of {PRECISIONS}, got '
                         f'{precision!r}')
    if precision == 'int8' and kind == 'torch':
        raise ValueError(
            "`precision` 'int8' is dynamic quantisation by onnxruntime, which "
            'writes .onnx only: torch.ao.quantization replaces nn.Linear by '
            'modules whose packed weights torch.export cannot trace')
    return kind


def _require(kind: str, precision: str) -> None:
    """Import what ONNX needs, or say how to get it."""
    if kind != 'onnx':
        return
    try:
        # optional: only exporting needs them
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f'ONNX needs a package that is not installed ({error.name}): '
            "`pip install 'mvd_mm[export]'`, or write a .pt2 file, which "
            'needs none') from None


def export_recognizer(config: Path,
                      checkpoint: str,
                      out: Path,
                      precision: str = 'fp32',
                      videos: Optional[Path] = None,
                      prefix: Optional[str] = None,
                      overwrite: bool = False,
                      cfg_options: Optional[dict] = None) -> Agreement:
    """Export a recogniser, and compare the file with its source.

    The file takes ``pixels``, RGB, uint8 of shape (B, 3, T, H, W) with any B,
    and gives ``scores``, float32 of shape (B, K), before the softmax.
    Normalisation is inside. It is written only if it agrees: in fp32 no score
    may differ by more than 1e-4.

    Args:
        config (Path): Of fine-tuning or of a probe.
        checkpoint (str): Its weights.
        out (Path): File to write: ``.onnx``, or ``.pt2`` for
            ``torch.export.load``.
        precision (str): 'fp32', 'fp16' (weights and computation) or 'int8'
            (dynamic quantisation of the products, .onnx only).
        videos (Path, optional): A video, a folder or a list to compare with,
            by the middle clip of each; clips of noise by default. With the
            labels of a list, right answers are counted.
        prefix (str, optional): Folder that the paths of a list start from.
        overwrite (bool): Replace ``out``.
        cfg_options (dict, optional): What to change in the config.

    Returns:
        Agreement: Measured with batches of 1 to 4 clips on the CPU.

    Raises:
        FileNotFoundError: If a file does not exist.
        ImportError: If a package is missing.
        TypeError: If the config is one of detection or pre-training.
        ValueError: If this cannot be exported, or the file does not agree.
    """
    kind = _refuse(out, precision)
    if out.exists() and not overwrite:
        raise ValueError(f'`out` {out} exists; `--overwrite` replaces it')
    cfg = merged_config(config, cfg_options)
    _refuse_models(cfg)
    _require(kind, precision)
    model = load_recognizer(cfg, checkpoint)
    shape = clip_shape(model, cfg)
    clips, labels = _clips(cfg, shape, videos, prefix)
    source = PixelsToScores(model)
    scores = torch_run(source)
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix='.export.') as folder:
        made = Path(folder, out.name)
        batches = [clips[np.arange(n) % len(clips)] for n in _BATCHES]
        expected = [scores(batch) for batch in batches]
        rest = scores(clips)
        if precision == 'fp16':
            # a copy: the source stays in float32 for the comparison
            source = PixelsToScores(deepcopy(model), torch.float16)
        run = (write_onnx if kind == 'onnx' else write_torch)(source, shape,
                                                              made, precision)
        pairs = [(e, run(batch)) for e, batch in zip(expected, batches)]
        pairs.append((rest, np.concatenate([run(c[None]) for c in clips])))
        agreement = _compare(scores, run, clips[:1], pairs, labels)
        if precision == 'fp32' and not agreement.difference <= TOLERANCE:
            raise ValueError(f'the file does not agree with {checkpoint}, so '
                             f'{out} was not written: {agreement}')
        with whole_file(out) as partial:
            made.rename(partial)
    return agreement


def _refuse_models(cfg: Config) -> None:
    """Models that take more than pixels, or give more than scores."""
    model = cfg.model
    if 'roi_head' in model:
        raise TypeError(
            'a detector cannot be exported: its RoIAlign takes as many '
            'samples of a box as it has cells (`sampling_ratio=0`, as '
            'published), so sizes are computed from the values of the boxes, '
            'and torch.export, on which ONNX relies, traces no such sizes. '
            'Use tools/visualizations/draw_actions.py')
    if 'cls_head' not in model:
        raise TypeError(
            f'`model.type` is {model.get("type")!r}, which has no classifier: '
            'name the config of fine-tuning or of a probe; for features of a '
            'pre-trained network there is tools/extract_features.py')


def _clips(cfg: Config, shape: Tuple[int, ...], videos: Optional[Path],
           prefix: Optional[str]) -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """Pixels to compare with, uint8, (N, 3, T, H, W), and labels (N, )."""
    if videos is None:
        draw = np.random.default_rng(0)
        return draw.integers(0, 256, (4, *shape), dtype=np.uint8), None
    found = read_source(videos, prefix)
    pipeline = cfg.val_dataloader.dataset.pipeline
    dataset = WindowDataset(found.paths, pipeline)
    pixels: List[np.ndarray] = []
    labels: List[int] = []
    for clip, in read_clips(dataset, 1):
        if clip.error:
            print(f'broken: {found.names[clip.video]}: {clip.error}')
        else:
            pixels.append(clip.results['inputs'].numpy())
            if found.labels:
                labels += [found.labels[clip.video]] * len(pixels[-1])
    if not pixels:
        raise ValueError(f'none of the videos of {videos} can be read')
    stacked = np.concatenate(pixels)
    if stacked.shape[1:] != shape:
        raise ValueError(
            f'`val_dataloader` gives clips of shape {stacked.shape[1:]}, the '
            f'backbone is built for {shape} (channels, frames, height, '
            'width): make them agree in the config')
    known = bool(labels) and min(labels) >= 0
    return stacked, np.array(labels) if known else None


def _compare(source: Run, run: Run, clip: np.ndarray,
             pairs: List[Tuple[np.ndarray, np.ndarray]],
             labels: Optional[np.ndarray]) -> Agreement:
    """Compare pairs of scores; the last one has each clip once."""
    differences = [float(abs(a - b).max()) for a, b in pairs]
    shares = [float(abs(_softmax(a) - _softmax(b)).max()) for a, b in pairs]
    wanted, found = pairs[-1]
    same = int((wanted.argmax(1) == found.argmax(1)).sum())
    right = (None, None) if labels is None else (int(
        (wanted.argmax(1)
         == labels).sum()), int((found.argmax(1) == labels).sum()))
    times: Dict[Any, List[float]] = {source: [], run: []}
    for _ in range(5):  # alternating: the machine is as busy for both
        for call in times:
            start = time.perf_counter()
            call(clip)
            times[call].append(1000 * (time.perf_counter() - start))
    # NaN must not pass as agreement
    worst = max(differences) if np.isfinite(differences).all() else np.inf
    return Agreement(
        len(wanted), worst, max(shares), same, float(np.median(times[source])),
        float(np.median(times[run])), *right)


def _softmax(scores: np.ndarray) -> np.ndarray:
    return torch.from_numpy(scores).double().softmax(1).numpy()
