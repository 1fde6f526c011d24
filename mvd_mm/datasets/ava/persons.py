"""Persons on frames, found by a detector of MMDetection."""
from pathlib import Path
from typing import Sequence

import cv2
import numpy as np


class PersonDetector:
    """Finds persons with any detector of MMDetection.

    Args:
        config (Path): Of the detector.
        checkpoint (Path): Its weights.
        score_thr (float): Least score of a box that is kept. Low is right: a
            dataset has a threshold of its own.
        category (int): Number of the class of persons; 0 for COCO.
        device (str): E.g. ``'cpu'`` or ``'cuda:0'``.

    Raises:
        FileNotFoundError: If a file does not exist.
        ImportError: Without mmdet.
        ValueError: If ``score_thr`` is outside of [0, 1).
    """

    def __init__(self,
                 config: Path,
                 checkpoint: Path,
                 score_thr: float = 0.05,
                 category: int = 0,
                 device: str = 'cpu') -> None:
        if not 0 <= score_thr < 1:
            raise ValueError(f'`score_thr` must be in [0, 1), got {score_thr}')
        for name, path in dict(config=config, checkpoint=checkpoint).items():
            if not Path(path).is_file():
                raise FileNotFoundError(
                    f'`detector_{name}`: there is no file {path}; configs of '
                    'detectors come with MMDetection, weights are listed in '
                    'its model zoo')
        try:
            from mmdet.apis import init_detector

            import mvd_mm  # noqa: F401  lets torch read MMEngine's files
        except ImportError as error:
            raise ImportError(
                'finding persons needs mmdet 3.3: bash tools/setup_env.sh '
                f'installs it [{error}]') from error
        self.model = init_detector(
            str(config), str(checkpoint), palette='random', device=device)
        self.score_thr, self.category = score_thr, category

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        """Find the persons of one frame.

        Args:
            frame (np.ndarray): BGR, shape (H, W, 3), uint8.

        Returns:
            np.ndarray: x1, y1, x2, y2 as shares of the frame and score,
            shape (N, 5), float32, the best first.
        """
        from mmdet.apis import inference_detector
        found = inference_detector(self.model, frame).pred_instances
        found = found.cpu().numpy()
        keep = (found.labels == self.category) & (
            found.scores >= self.score_thr)
        height, width = frame.shape[:2]
        boxes = found.bboxes[keep] / (width, height, width, height)
        boxes = np.clip(boxes, 0, 1)  # (N, 4)
        persons = np.concatenate([boxes, found.scores[keep][:, None]], axis=1)
        solid = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        order = np.argsort(-persons[solid, 4], kind='stable')
        return persons[solid][order].astype(np.float32)


def frame_at(path: Path, indices: Sequence[int]):
    """Yield frames of a video by number, in rising order, BGR.

    Raises:
        ValueError: If the video ends before.
    """
    capture = cv2.VideoCapture(str(path))
    number = -1
    for index in sorted(indices):
        while number < index:  # seeking is inexact for some codecs
            if not capture.grab():
                raise ValueError(f'{path} ends before frame {index}')
            number += 1
        yield capture.retrieve()[1]
    capture.release()
