"""Several augmented samples of each video from one decoding."""
from copy import deepcopy
from typing import Callable, List, Sequence, Union

import numpy as np
from mmaction.datasets.transforms import DecordDecode, DecordInit

from mvd_mm.registry import DATASETS
from .checked_video_dataset import CheckedVideoDataset

__all__ = ['RepeatedAugDataset', 'augment_repeats']


class Repeats(list):
    """The augmented samples of one video.

    ``repeat_pseudo_collate`` only reads such lists. Other functions that make
    batches build a list of the same kind, which is refused: the model would
    receive a list where it expects a batch.
    """

    def __init__(self, *args) -> None:
        raise ValueError(
            'mvd_mm.RepeatedAugDataset gives a list of augmented samples for '
            'each video: the data loader needs '
            "`collate_fn=dict(type='repeat_pseudo_collate')`")


@DATASETS.register_module()
class RepeatedAugDataset(CheckedVideoDataset):
    """``CheckedVideoDataset`` that augments each decoded video several times.

    A sample is a *list* of ``num_repeats`` packed samples. The loader needs
    ``collate_fn=dict(type='repeat_pseudo_collate')`` of MMAction2, which
    concatenates the lists: repeats of a video are neighbours in the batch,
    and ``batch_size`` counts videos.

    MMAction2's ``RepeatAugDataset`` decodes a frame again for each repeat
    that uses it, compares the readers' names as strings (which excludes
    subclasses), and does not check the list.

    Source: `Multigrain <https://arxiv.org/abs/1902.05509>`_.

    Args:
        ann_file (str): One video per line: path, delimiter, label.
        pipeline (list[dict | callable]): Begins with ``DecordInit`` (or a
            subclass, e.g. ``mvd_mm.InMemoryDecordInit``), a sampler of
            frames and ``DecordDecode``; what follows runs once per repeat.
        num_repeats (int): Samples of each video.
        sample_once (bool): Whether all repeats show the same frames, as
            published; otherwise each draws its own.
        **kwargs: Arguments of ``CheckedVideoDataset``.

    Raises:
        ValueError: If ``num_repeats`` is below 1, ``test_mode`` is set, or
            ``pipeline`` begins with other steps.
    """

    def __init__(self,
                 ann_file: str,
                 pipeline: List[Union[dict, Callable]],
                 num_repeats: int = 2,
                 sample_once: bool = False,
                 **kwargs) -> None:
        if num_repeats < 1:
            raise ValueError(
                f'`num_repeats` must be at least 1, got {num_repeats}')
        if kwargs.get('test_mode'):
            raise ValueError('`test_mode` must be False: repeats are for '
                             'training; test with mvd_mm.CheckedVideoDataset')
        super().__init__(ann_file, pipeline=pipeline, **kwargs)
        steps = self.pipeline.transforms
        if len(steps) < 3 or not isinstance(steps[0],
                                            DecordInit) or not isinstance(
                                                steps[2], DecordDecode):
            raise ValueError(
                '`pipeline` must begin with DecordInit (or '
                'mvd_mm.InMemoryDecordInit), a sampler, DecordDecode; got '
                f'{[type(step).__name__ for step in steps[:3]]}')
        self.num_repeats = num_repeats
        self.sample_once = sample_once

    def load_sample(self, idx: int) -> List[dict]:
        """Decode the frames of all repeats once, then augment each."""
        samples = Repeats.__new__(Repeats)
        samples += augment_repeats(self.pipeline.transforms,
                                   self.get_data_info(idx), self.num_repeats,
                                   self.sample_once)
        return samples


def augment_repeats(steps: Sequence[Callable], results: dict, num_repeats: int,
                    sample_once: bool) -> List[dict]:
    """Decode once what several samples show, then augment each.

    Args:
        steps (Sequence[callable]): Reader, sampler, decoder, and the rest.
        results (dict): What the reader needs.
        num_repeats (int): Samples.
        sample_once (bool): Whether all show the same frames.
    """
    reader, sampler, decoder, *augmentations = steps
    video = reader(results)
    draws = 1 if sample_once else num_repeats
    clips = [sampler(dict(video)) for _ in range(draws)]
    wanted = [clip['frame_inds'].reshape(-1) for clip in clips]
    # in file order, each once: no seeking back
    needed = np.unique(np.concatenate(wanted))
    video = decoder(dict(clips[0], frame_inds=needed))
    frames = np.stack(video.pop('imgs'))  # (frames, H, W, 3)
    samples = []
    for repeat in range(num_repeats):
        sample = deepcopy(video)
        sample['frame_inds'] = wanted[repeat % draws]
        # indexing copies: what one repeat does in place stays its own
        sample['imgs'] = frames[np.searchsorted(needed, sample['frame_inds'])]
        for augmentation in augmentations:
            sample = augmentation(sample)
        samples.append(sample)
    return samples
