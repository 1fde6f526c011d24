"""What training really sees: clips behind all augmentations."""
from pathlib import Path
from typing import Any, List, Optional, Tuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

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

    Args:
        config (Path): Of pre-training or of recognition.
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
    rows: List[Tuple[str, np.ndarray]] = []
    for index in range(min(number, len(found[0]))):
        for draw in range(draws):
            clip, label = found[draw][index]
            step = max(1, len(clip) // 8)
            text = '' if label is None else f'\nlabel {label}'
            rows.append(
                (f'video {index}{text}\ndraw {draw + 1}', clip[::step][:8]))
    out.parent.mkdir(parents=True, exist_ok=True)
    title = (f'training clips of {config.stem}\nbehind all transforms of '
             'the pipeline, before Mixup and CutMix; time from left to right')
    save_rows(rows, str(out), title)
    return len(rows)


def _clips(cfg: Config, ann_file: Optional[Path], number: int,
           seed: int) -> List[Tuple[np.ndarray, Any]]:
    """Frames (T, H, W, 3) in 0..1 and the label of each video."""
    loader = build_loader(cfg, None if ann_file is None else str(ann_file),
                          seed)
    clips: List[Tuple[np.ndarray, Any]] = []
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
            label = getattr(sample, 'gt_label', None)
            clips.append(
                (frames.clamp(0, 1).numpy(),
                 None if label is None else int(label.reshape(-1)[0])))
        if len(clips) >= number:
            break
    return clips[:number]
