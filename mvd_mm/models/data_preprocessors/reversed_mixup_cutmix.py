"""Mixup and CutMix of a batch with its own reversal, smoothed labels."""
from typing import Tuple

import numpy as np
import torch
from mmaction.models.utils import BaseMiniBatchBlending, CutmixBlending
from mmaction.utils import SampleList
from torch import Tensor

from mvd_mm.registry import MODELS

__all__ = ['ReversedMixupCutmix']


@MODELS.register_module()
class ReversedMixupCutmix(BaseMiniBatchBlending):
    """Blend sample i with sample B - 1 - i, labels included.

    For ``ActionDataPreprocessor(blending=...)``. One draw per batch decides
    between Mixup and CutMix and gives one share lambda, from
    Beta(alpha, alpha). CutMix pastes the partner's box, of (1 - lambda) of
    the area and the same in all frames, centred anywhere; where it is cut off
    at the border, lambda becomes what is left of the sample. Labels are
    smoothed: 1 - s + s / K for the class, s / K for each other one, of K
    classes, then blended with lambda. (So a sample whose partner has its own
    label keeps its smoothed label.)

    With ``prob=0``, or both alphas 0, labels are smoothed and nothing else.

    MMAction2's ``RandomBatchAugment`` of ``MixupBlending`` and
    ``CutmixBlending`` draws another pairing and does not smooth.

    Source: `mixup <https://arxiv.org/abs/1710.09412>`_ and `CutMix
    <https://arxiv.org/abs/1905.04899>`_; the pairing is that of MVD's
    fine-tuning, in which both augmented repeats of a video are neighbours.

    Args:
        num_classes (int): K.
        mixup_alpha (float): Alpha of Mixup; 0 for CutMix alone.
        cutmix_alpha (float): Alpha of CutMix; 0 for Mixup alone.
        prob (float): Probability that a batch is blended.
        switch_prob (float): Probability of CutMix where both are on.
        smoothing (float): s, in [0, 1).

    Raises:
        ValueError: If an argument is out of its range; when called, if a
            label is not in [0, K).
    """

    def __init__(self,
                 num_classes: int,
                 mixup_alpha: float = 0.8,
                 cutmix_alpha: float = 1.0,
                 prob: float = 1.0,
                 switch_prob: float = 0.5,
                 smoothing: float = 0.1) -> None:
        super().__init__(num_classes)
        if num_classes < 2:
            raise ValueError(
                f'`num_classes` must be at least 2, got {num_classes}')
        for name, value in dict(
                mixup_alpha=mixup_alpha, cutmix_alpha=cutmix_alpha).items():
            if value < 0:
                raise ValueError(
                    f'`{name}` must not be negative, got {value}; 0 is off')
        for name, value in dict(prob=prob, switch_prob=switch_prob).items():
            if not 0 <= value <= 1:
                raise ValueError(f'`{name}` must be in [0, 1], got {value}')
        if not 0 <= smoothing < 1:
            raise ValueError(f'`smoothing` must be in [0, 1), got {smoothing}')
        self.mixup_alpha = mixup_alpha
        self.cutmix_alpha = cutmix_alpha
        self.prob = prob
        self.switch_prob = switch_prob
        self.smoothing = smoothing

    def __call__(self, imgs: Tensor,
                 batch_data_samples: SampleList) -> Tuple[Tensor, SampleList]:
        """Blend a batch.

        Args:
            imgs (Tensor): Normalised clips, shape (B, N, C, T, H, W), or
                (B, N, C, H, W) for single frames; changed in place by CutMix.
            batch_data_samples (list[ActionDataSample]): Carry ``gt_label``,
                shape (1, ), or (K, ) where it is one-hot already.

        Returns:
            tuple: Clips as given, and the samples, whose ``gt_label`` is now
            float, shape (K, ).
        """
        labels = torch.stack([s.gt_label for s in batch_data_samples])
        if labels.shape[1] == 1 and not (0 <= labels.min()
                                         and labels.max() < self.num_classes):
            raise ValueError(
                f'`num_classes` of the blending is {self.num_classes}, but '
                f'the batch has the labels {labels.flatten().tolist()}: set '
                '`model.data_preprocessor.blending.num_classes` (and '
                '`model.cls_head.num_classes`) to the number of classes')
        return super().__call__(imgs, batch_data_samples)

    def do_blending(self, imgs: Tensor, label: Tensor) -> Tuple:
        """Blend clips and one-hot labels (B, K)."""
        label = (1 - self.smoothing) * label + self.smoothing / label.shape[1]
        if np.random.rand() >= self.prob:
            return imgs, label
        cutmix = self.cutmix_alpha > 0 and (
            self.mixup_alpha == 0 or np.random.rand() < self.switch_prob)
        if cutmix:
            imgs, share = self._cutmix(imgs)
        elif self.mixup_alpha > 0:
            share = np.random.beta(self.mixup_alpha, self.mixup_alpha)
            imgs = share * imgs + (1 - share) * imgs.flip(0)
        else:
            return imgs, label
        return imgs, share * label + (1 - share) * label.flip(0)

    def _cutmix(self, imgs: Tensor) -> Tuple[Tensor, float]:
        """Paste a box of the reversed batch; the share that stays."""
        share = np.random.beta(self.cutmix_alpha, self.cutmix_alpha)
        box = CutmixBlending.rand_bbox(imgs.shape, torch.tensor(share))
        x1, y1, x2, y2 = (int(edge) for edge in box)
        # `flip` copies: no pixel is read after it was overwritten
        imgs[..., y1:y2, x1:x2] = imgs[..., y1:y2, x1:x2].flip(0)
        height, width = imgs.shape[-2:]
        return imgs, 1 - (y2 - y1) * (x2 - x1) / (height * width)
