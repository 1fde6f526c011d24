"""The pipeline of a config beside a loader written as one would at first."""
import time
from copy import deepcopy
from statistics import median
from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np
import torch
from mmengine.dataset import Compose
from mmengine.registry import DefaultScope

__all__ = ['data_sides', 'run_data_benchmark']

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_STD = np.array([0.229, 0.224, 0.225], np.float32)


def data_sides(
        pipeline: Sequence[dict],
        against: Optional[str] = None) -> Dict[str, Callable[[str], Any]]:
    """Functions that turn the path of a video into a sample.

    Args:
        pipeline (list[dict]): Of a pre-training config.
        against (str, optional): 'plain': decodes and samples as ours, then
            resizes twice, also where both sizes agree, and normalises in
            float32, channel by channel.

    Returns:
        dict: 'ours' and, if asked for, 'plain'.

    Raises:
        ValueError: If the plain side is asked for of a pipeline that does not
            resize with ``mvd_mm.TwoResolutionResize``.
    """

    def on_paths(steps: Callable) -> Callable[[str], Any]:
        return lambda path: steps(
            dict(filename=path, label=-1, start_index=0, modality='RGB'))

    pipeline = [dict(step) for step in pipeline]
    with DefaultScope.overwrite_default_scope('mmaction'):
        sides = dict(ours=on_paths(Compose(deepcopy(pipeline))))
        if against == 'plain':
            kinds = [step['type'] for step in pipeline]
            if 'mvd_mm.TwoResolutionResize' not in kinds:
                raise ValueError(
                    '`against` plain: the pipeline has no '
                    'mvd_mm.TwoResolutionResize, take that of a pre-training')
            place = kinds.index('mvd_mm.TwoResolutionResize')
            head = Compose(deepcopy(pipeline[:place]))
            scale = pipeline[place]['scale']
            second = pipeline[place].get('scale_image_teacher') or scale
            resizes = [
                Compose([
                    dict(type='Resize', scale=(side, side), keep_ratio=False)
                ]) for side in (scale, second)
            ]
            sides['plain'] = on_paths(
                lambda results: _plain(head(results), resizes))
    return sides


def _plain(results: dict, resizes: Sequence[Compose]) -> List[torch.Tensor]:
    clips = []
    for resize in resizes:
        frames = resize(dict(results, imgs=list(results['imgs'])))['imgs']
        clip = np.stack(frames).astype(np.float32) / 255  # (T, H, W, 3)
        tensor = torch.from_numpy(clip).permute(3, 0, 1, 2).contiguous()
        for channel in range(3):
            tensor[channel].sub_(_MEAN[channel]).div_(_STD[channel])
        clips.append(tensor)
    return clips


def run_data_benchmark(pipeline: Sequence[dict],
                       videos: Sequence[str],
                       repeats: int = 5,
                       against: Optional[str] = None) -> Dict[str, Any]:
    """Time samples of some videos, both sides in turn.

    Args:
        pipeline (list[dict]): Of a config.
        videos (list[str]): Paths.
        repeats (int): Rounds over all videos, after one that warms up.
        against (str, optional): See :func:`data_sides`.

    Returns:
        dict: Milliseconds per sample of each side, and the ratio.
    """
    sides = data_sides(pipeline, against)
    seconds: Dict[str, List[float]] = {name: [] for name in sides}
    for turn in range(repeats + 1):
        for name, sample in sides.items():
            np.random.seed(turn)
            begin = time.process_time()
            for path in videos:
                sample(path)
            if turn:
                seconds[name].append(
                    (time.process_time() - begin) / len(videos))
    result: Dict[str, Any] = dict(
        task='data',
        repeats=repeats,
        videos=len(videos),
        sides={
            name: dict(cpu_ms_per_sample=1e3 * median(values))
            for name, values in seconds.items()
        })
    if against:
        result['cpu_speedup'] = median(
            b / a for a, b in zip(seconds['ours'], seconds[against]))
    return result
