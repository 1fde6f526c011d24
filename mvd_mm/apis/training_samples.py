"""What training really sees: clips behind all augmentations."""
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mvd_mm.datasets.ava.formats import read_label_list
from mvd_mm.visualization.action_boxes import Person, draw_persons
from mvd_mm.visualization.feature_picture import save_rows
from .config_checks import check_module_arguments
from .config_variables import merged_config
from .pretraining import build_loader

__all__ = ['draw_samples']


def draw_samples(config: Path,
                 out: Path,
                 ann_file: Optional[Path] = None,
                 number: int = 4,
                 draws: int = 2,
                 seed: int = 0,
                 cfg_options: Optional[dict] = None) -> int:
    """Draw training clips as the network is given them, before mixing.

    Samples of AVA have their boxes and actions on the key frame, as the
    network is given them: moved by the crop, jittered.

    Args:
        config (Path): Of pre-training, recognition or detection.
        out (Path): File to write, ending in .png.
        ann_file (Path, optional): List of videos; the config's by default.
        number (int): Videos, from the beginning of the list.
        draws (int): How often each is augmented.
        seed (int): Of the first draw; the next one has the next number.
        cfg_options (dict, optional): What to change in the config; variables
            as in training.

    Returns:
        int: Rows drawn.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If a number is below 1, or the config has no training
            clips of shape (3, T, H, W).
    """
    if number < 1 or draws < 1:
        raise ValueError('`number` and `draws` must be at least 1, got '
                         f'{number} and {draws}')
    if out.suffix.lower() != '.png':
        raise ValueError(f'`out` must end in .png, got {out}')
    cfg = merged_config(config, cfg_options)
    cfg.setdefault('default_scope', 'mmaction')
    init_default_scope(cfg.default_scope)
    check_module_arguments(cfg)
    found = [_clips(cfg, ann_file, number, seed + i) for i in range(draws)]
    boxes = any(sample.persons is not None for sample in found[0])
    most = 4 if boxes else 8
    rows: List[Tuple[str, Any]] = []
    for index in range(min(number, len(found[0]))):
        for draw in range(draws):
            sample = found[draw][index]
            frames = sample.frames
            step = max(1, len(frames) // most)
            # the key frame, in the middle, is among them
            shown: Any = frames[len(frames) // 2 % step::step][:most]
            if sample.persons is not None:
                shown = list(shown)
                shown[len(frames) // 2 // step] = _with_boxes(
                    frames[len(frames) // 2], sample.persons)
            rows.append((f'{sample.note}\ndraw {draw + 1}', shown))
    out.parent.mkdir(parents=True, exist_ok=True)
    title = (f'training clips of {config.stem}\nbehind all transforms of '
             'the pipeline, before Mixup and CutMix; time from left to right')
    if boxes:
        title += '\nboxes and actions on the key frame, a colour each person'
        save_rows(rows, str(out), title, size=3.2)
    else:
        save_rows(rows, str(out), title)
    return len(rows)


class _Sample(NamedTuple):
    """Frames (T, H, W, 3) in 0..1, what it is, persons of the key frame."""

    frames: np.ndarray
    note: str
    persons: Optional[List[Person]]


def _with_boxes(frame: np.ndarray, persons: List[Person]) -> np.ndarray:
    drawn = draw_persons(
        np.ascontiguousarray((255 * frame[..., ::-1]).astype(np.uint8)),
        persons)
    return drawn[..., ::-1] / 255


def _clips(cfg: Config, ann_file: Optional[Path], number: int,
           seed: int) -> List[_Sample]:
    """The first samples of the list."""
    loader = build_loader(cfg, None if ann_file is None else str(ann_file),
                          seed)
    names = _action_names(cfg)
    clips: List[_Sample] = []
    for batch in loader:
        inputs = batch['inputs']
        if isinstance(inputs, dict):
            inputs = inputs['imgs']
        samples = batch.get('data_samples') or [None] * len(inputs)
        for pixels, sample in zip(inputs, samples):
            if isinstance(pixels, dict):
                pixels = pixels['imgs']
            # recognition: (clips, 3, T, H, W)
            pixels = torch.as_tensor(pixels)
            pixels = pixels[0] if pixels.ndim == 5 else pixels
            if pixels.ndim != 4 or pixels.shape[0] != 3:
                raise ValueError('`train_dataloader` gives '
                                 f'{tuple(pixels.shape)}, expected clips of '
                                 'shape (3, T, H, W)')
            frames = pixels.permute(1, 2, 3, 0).float() / 255
            clips.append(
                _Sample(
                    frames.clamp(0, 1).numpy(), _note(sample, len(clips)),
                    _persons(sample, (frames.shape[1], frames.shape[2]),
                             names)))
        if len(clips) >= number:
            break
    return clips[:number]


def _note(sample: Any, index: int) -> str:
    """What the left margin says of a sample."""
    key = getattr(sample, 'img_key', None)
    if key is not None:  # of a key frame: the video and the second
        video, _, second = key.rpartition(',')
        return f'{video[-16:]}\nsecond {int(second)}'
    label = getattr(sample, 'gt_label', None)
    return f'video {index}' + ('' if label is None else
                               f'\nlabel {int(label.reshape(-1)[0])}')


def _action_names(cfg: Config) -> Dict[int, str]:
    """Names by number of the label; empty without a file of AVA's form."""
    dataset = cfg.train_dataloader.dataset
    while 'dataset' in dataset:
        dataset = dataset.dataset
    if dataset.get('label_file') is None:
        return {}
    names = read_label_list(Path(dataset.label_file))
    chosen = dataset.get('custom_classes')
    if chosen is None:
        return names
    # MMAction2 counts the chosen ones anew, from 1
    return {i: names[label] for i, label in enumerate(chosen, 1)}


def _persons(sample: Any, size: Tuple[int, int],
             names: Dict[int, str]) -> Optional[List[Person]]:
    """Boxes of a sample in shares of the frame; None without annotation."""
    found = getattr(sample, 'gt_instances', None)
    if found is None or 'bboxes' not in found:
        return None
    height, width = size
    boxes = torch.as_tensor(found.bboxes).float() / torch.tensor(
        [width, height, width, height])
    return [
        Person(
            box.numpy(),
            tuple((names.get(int(i), f'label {i}'), None)
                  for i in labels.nonzero().flatten()), number)
        for number, (box, labels) in enumerate(zip(boxes, found.labels))
    ]
