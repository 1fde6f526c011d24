"""The pipeline of a config beside the loader as published."""
import time
from copy import deepcopy
from statistics import median
from typing import Any, Callable, Dict, List, Optional, Sequence

import cv2
import numpy as np
import torch
from mmengine.dataset import Compose
from mmengine.registry import DefaultScope

from mvd_mm.datasets.broken_videos import use_checked_readers
from mvd_mm.datasets.repeated_aug_dataset import augment_repeats
from .plain_loader import PlainAugmentation, PlainViews
from .run import machine

__all__ = ['compose', 'data_sides', 'run_data_benchmark', 'take_turns']

_RESIZE = 'mvd_mm.TwoResolutionResize'
_RAND_AUGMENT = 'mvd_mm.ClipRandAugment'
_Sides = Dict[str, Callable[[str], Any]]


def _info(path: str) -> dict:
    return dict(filename=path, label=0, start_index=0, modality='RGB')


def _index(pipeline: Sequence[dict], kind: str) -> Optional[int]:
    kinds = [step['type'] for step in pipeline]
    return kinds.index(kind) if kind in kinds else None


def compose(pipeline: Sequence[dict]) -> Compose:
    """Build steps, of which names without a prefix are MMAction2's."""
    with DefaultScope.overwrite_default_scope('mmaction'):
        return Compose(deepcopy([dict(step) for step in pipeline]))


def data_sides(pipeline: Sequence[dict],
               against: Optional[str] = None,
               samples: int = 1) -> _Sides:
    """Functions that turn the path of a video into samples.

    Args:
        pipeline (list[dict]): Of the training of a config.
        against (str, optional): 'plain': MMAction2's reader, which is decord,
            and then frame by frame, as published; every sample is decoded.
        samples (int): Of each video; ours decodes once.

    Returns:
        dict: 'ours' and, if asked for, 'plain'.

    Raises:
        ValueError: If the plain side is asked for of a pipeline that neither
            resizes with ``mvd_mm.TwoResolutionResize`` nor augments with
            ``mvd_mm.ClipRandAugment``.
    """
    ours = compose(pipeline)
    use_checked_readers(ours)
    sides: _Sides = dict(ours=lambda path: augment_repeats(
        ours.transforms, _info(path), samples, True))
    if against == 'plain':
        plain = _plain(pipeline)
        sides['plain'] = lambda path: [
            plain(_info(path)) for _ in range(samples)
        ]
    return sides


def _plain(pipeline: Sequence[dict]) -> Callable[[dict], Any]:
    resize = _index(pipeline, _RESIZE)
    if resize is not None:
        head = compose(pipeline[:resize])
        scale = pipeline[resize]['scale']
        views = PlainViews((scale, pipeline[resize].get('teacher_scale')
                            or scale))
        return lambda results: views(head(results))
    begin = _index(pipeline, _RAND_AUGMENT)
    if begin is None:
        raise ValueError(
            f'`against` plain: the pipeline has neither {_RESIZE} nor '
            f'{_RAND_AUGMENT}, take that of a pre-training or a fine-tuning')
    head, augment = compose(pipeline[:begin]), _plain_augmentation(pipeline)
    return lambda results: augment(head(results)['imgs'])


def _plain_augmentation(pipeline: Sequence[dict]) -> PlainAugmentation:
    steps = {step['type']: step for step in pipeline}
    flip = steps.get('Flip', dict(flip_ratio=0.))['flip_ratio']
    draw = [
        compose([steps[name]]).transforms[0]
        for name in (_RAND_AUGMENT, 'mvd_mm.ClipRandomResizedCrop',
                     'mvd_mm.ClipRandomErasing')
    ]
    return PlainAugmentation(draw[0], draw[1], flip, draw[2])


def _augmentation_sides(pipeline: Sequence[dict], videos: Sequence[str],
                        against: Optional[str]) -> _Sides:
    """Both sides of a fine-tuning on frames that are decoded already."""
    begin = _index(pipeline, _RAND_AUGMENT)
    head = compose(pipeline[:begin])
    decoded = {path: head(_info(path)) for path in videos}
    ours = compose(pipeline[begin:])
    # each step gets lists of its own frames, as a decoder gives them
    sides: _Sides = dict(ours=lambda path: ours(
        dict(decoded[path], imgs=list(decoded[path]['imgs']))))
    if against == 'plain':
        plain = _plain_augmentation(pipeline)
        sides['plain'] = lambda path: plain(decoded[path]['imgs'])
    return sides


def take_turns(sides: Dict[Any, Callable[[str], Any]],
               videos: Sequence[str],
               repeats: int,
               samples: int = 1) -> Dict[Any, Any]:
    """Time several ways to read the same videos, in turn.

    Args:
        sides (dict): Functions of a path.
        videos (Sequence[str]): Paths.
        repeats (int): Rounds over all videos, after one that warms up.
        samples (int): That a call gives.

    Returns:
        dict: Medians of the rounds, for each side: ``ms`` and ``cpu_ms`` of a
        sample (processor time of all threads); all rounds in ``rounds``.
    """
    rounds: Dict[Any, List[tuple]] = {name: [] for name in sides}
    for turn in range(repeats + 1):
        for name, read in sides.items():
            np.random.seed(turn)
            wall, cpu = time.perf_counter(), time.process_time()
            for path in videos:
                read(path)
            number = len(videos) * samples / 1e3
            spent = ((time.perf_counter() - wall) / number,
                     (time.process_time() - cpu) / number)
            if turn:
                rounds[name].append(spent)
    return {
        name:
        dict(
            ms=median(wall for wall, _ in spent),
            cpu_ms=median(cpu for _, cpu in spent),
            rounds=spent)
        for name, spent in rounds.items()
    }


def run_data_benchmark(
    pipeline: Sequence[dict],
    videos: Sequence[str],
    repeats: int = 5,
    against: Optional[str] = None,
    samples: Sequence[int] = (1, )
) -> Dict[str, Any]:
    """Time samples of some videos, both sides in turn, with one thread.

    Args:
        pipeline (list[dict]): Of the training of a config.
        videos (list[str]): Paths.
        repeats (int): Rounds over all videos, after one that warms up.
        against (str, optional): See :func:`data_sides`.
        samples (Sequence[int]): Numbers of samples of each video.

    Returns:
        dict: ``rows``, one for each number of samples and, of a fine-tuning,
        one for the augmentation without decoding.
    """
    cases = [(f'{number} of each decoded video', number,
              data_sides(pipeline, against, number)) for number in samples]
    if _index(pipeline, _RAND_AUGMENT) is not None:
        cases.append(('augmentation without decoding', 1,
                      _augmentation_sides(pipeline, videos, against)))
    threads = cv2.getNumThreads(), torch.get_num_threads()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)  # as in a worker of a loader
    rows = []
    try:
        for name, number, sides in cases:
            found = take_turns(sides, videos, repeats, number)
            row: Dict[str, Any] = dict(what=name, sides=found)
            if against:
                row.update(_ratios(found['ours'], found[against]))
            rows.append(row)
    finally:
        cv2.setNumThreads(threads[0])
        torch.set_num_threads(threads[1])
    return dict(
        task='data',
        repeats=repeats,
        videos=len(videos),
        machine=machine('cpu'),
        rows=rows)


def _ratios(ours: dict, other: dict) -> Dict[str, float]:
    """Medians over the rounds of the other side's time over ours."""
    pairs = list(zip(ours['rounds'], other['rounds']))
    return dict(
        speedup=median(b[0] / a[0] for a, b in pairs),
        cpu_speedup=median(b[1] / a[1] for a, b in pairs))
