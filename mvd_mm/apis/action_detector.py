"""A trained action detector on the clips of one video."""
from pathlib import Path
from typing import Optional

import numpy as np
import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import init_default_scope

import mvd_mm.models  # noqa: F401  registers the modules
from mvd_mm.checkpoints import load_strictly, read_state_dict
from mvd_mm.datasets.ava.formats import img_key
from mvd_mm.datasets.broken_videos import use_checked_readers

__all__ = ['ActionDetector']


class ActionDetector:
    """A trained detector and its test pipeline.

    Args:
        cfg (Config): Of the detection.
        checkpoint (str, optional): Its weights; None leaves random ones.
        device (str): E.g. ``'cpu'`` or ``'cuda:0'``.

    Raises:
        ValueError: If the weights do not fit, or the config does not read
            videos.
    """

    def __init__(self,
                 cfg: Config,
                 checkpoint: Optional[str],
                 device: str = 'cpu') -> None:
        init_default_scope(cfg.get('default_scope', 'mmaction'))
        self.data = cfg.test_dataloader.dataset
        types = [str(step['type']) for step in self.data.pipeline]
        if 'DecordInit' not in types:
            raise ValueError(
                '`config` has no DecordInit in its test pipeline, so it reads '
                'extracted frames; use one that reads videos')
        self.any_rate = 'mvd_mm.AVAVideoFrames' in types
        self.pipeline = Compose(self.data.pipeline)
        use_checked_readers(self.pipeline)
        model = MODELS.build(dict(cfg.model))
        if checkpoint is not None:
            load_strictly(
                model, read_state_dict(checkpoint), source=checkpoint)
        self.model = model.to(device).eval()

    def __call__(self, video: Path, second: int, persons: np.ndarray,
                 seconds: int) -> np.ndarray:
        """Score the actions of the persons at one second.

        Args:
            video (Path): Video file.
            second (int): From the beginning of the file.
            persons (np.ndarray): x1, y1, x2, y2 as shares of the frame and
                score, shape (N, 5).
            seconds (int): Length of the video, rounded up.

        Returns:
            np.ndarray: Scores in 0..1, shape (N, classes), class 0 included.
        """
        fps = self.data.get('fps', 30)
        boxes = persons[:, :4].astype(np.float64)
        data = self.pipeline(
            dict(
                filename=str(video),
                video_id=video.stem,
                timestamp=second,
                timestamp_start=0,
                img_key=img_key(video.stem, second),
                fps=fps,
                shot_info=(0, seconds * fps),
                start_index=self.data.get('start_index', 1),
                modality='RGB',
                proposals=boxes,
                scores=persons[:, 4],
                # PackActionInputs packs proposals only beside these
                gt_bboxes=boxes,
                gt_labels=np.zeros((len(boxes), 1), dtype=np.float32)))
        with torch.no_grad():
            sample, = self.model.test_step(pseudo_collate([data]))
        return sample.pred_instances.scores.cpu().numpy()
