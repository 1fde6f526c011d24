"""Measure what a single frame reveals about the class.

    python -m demo.motion_shapes.single_frame --videos DIR

Classifies the held-out clips by the pixels of one frame alone: a linear
classifier (ridge regression onto the classes) and nearest neighbours, both
fitted on the training clips. The middle frames should stay at chance; the
first and the last do not. See the README beside this file.
"""
import argparse
from pathlib import Path
from typing import Tuple

import cv2
import numpy as np

from mvd_mm.datasets.video_files import read_frames

SIDE = 32  # pixels; frames are shrunk to it
NEIGHBOURS = 10
RIDGES = (1e1, 1e2, 1e3, 1e4)  # the best on the held-out clips is reported
Frames = Tuple[np.ndarray, np.ndarray]  # pixels and labels


def load(videos: Path, split: str, frame: int) -> Frames:
    """Read one frame of each clip.

    Returns:
        tuple[np.ndarray, np.ndarray]: Pixels of shape (N, SIDE * SIDE * 3)
        and labels of shape (N, ).

    Raises:
        ValueError: If a clip has no such frame.
    """
    pixels, labels = [], []
    for line in (videos / f'{split}.txt').read_text().splitlines():
        name, label = line.split()
        frames = list(read_frames(videos / name))
        if not 0 <= frame < len(frames):
            raise ValueError(f'`frames` must be in 0..{len(frames) - 1}, the '
                             f'frames of {name}; got {frame}')
        image = frames[frame]
        image = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        pixels.append(image.reshape(-1).astype(np.float32) / 255)
        labels.append(int(label))
    return np.stack(pixels), np.array(labels)


def linear_accuracy(train: Frames, val: Frames, num_classes: int) -> float:
    """Accuracy of ridge regression, at the best of ``RIDGES``."""
    (x, y), (x_val, y_val) = train, val
    mean = x.mean(axis=0)
    x, x_val = x - mean, x_val - mean
    # the dual form: there are fewer clips than pixels
    kernel, kernel_val = x @ x.T, x_val @ x.T
    target = np.eye(num_classes)[y] - 1 / num_classes
    best = 0.
    for ridge in RIDGES:
        weight = np.linalg.solve(kernel + ridge * np.eye(len(x)), target)
        guess = (kernel_val @ weight).argmax(axis=1)
        best = max(best, float((guess == y_val).mean()))
    return best


def neighbour_accuracy(train: Frames, val: Frames, num_classes: int) -> float:
    """Accuracy of the vote of the nearest training frames."""
    (x, y), (x_val, y_val) = train, val
    distance = (x**2).sum(axis=1) - 2 * x_val @ x.T
    nearest = y[distance.argsort(axis=1)[:, :NEIGHBOURS]]
    votes = np.eye(num_classes)[nearest].sum(axis=1)
    return float((votes.argmax(axis=1) == y_val).mean())


def main(args=None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog='python -m demo.motion_shapes.single_frame',
        description='Measure what a single frame reveals about the class.')
    parser.add_argument('--videos', type=Path, required=True)
    parser.add_argument('--frames', type=int, nargs='+', default=[0, 10, 19])
    args = parser.parse_args(args)
    num_classes = len((args.videos / 'classes.txt').read_text().split())
    for frame in args.frames:
        train = load(args.videos, 'train', frame)
        val = load(args.videos, 'val', frame)
        error = (num_classes - 1)**.5 / num_classes / len(val[1])**.5
        print(f'frame {frame}: linear '
              f'{linear_accuracy(train, val, num_classes):.1%}, '
              f'{NEIGHBOURS} neighbours '
              f'{neighbour_accuracy(train, val, num_classes):.1%}, '
              f'chance {1 / num_classes:.1%} +- {error:.1%}')


if __name__ == '__main__':
    main()
