"""Mixup and CutMix of a batch with its own reversal, smoothed labels."""
import math
from typing import Tuple

import numpy as np
import torch
from mmaction.models.utils import BaseMiniBatchBlending
from mmaction.utils import SampleList
from torch import Tensor

from mvd_mm.registry import MODELS

__all__ = ['ReversedMixupCutmix']

_CUTMIX_AXES = ('height_width', 'frames_height')


@MODELS.register_module()
class ReversedMixupCutmix(BaseMiniBatchBlending):
    """Blend sample i with sample B - 1 - i, labels included.

    For ``ActionDataPreprocessor(blending=...)``. One draw per batch decides
    between Mixup and CutMix and gives one share lambda, from
    Beta(alpha, alpha). Labels are smoothed: 1 - s + s / K for the class,
    s / K for each other one, of K classes, then blended with lambda. (So a
    sample whose partner has its own label keeps its smoothed label.)

    CutMix draws a box of (1 - lambda) of the frame's area, centred anywhere
    in the frame, and cuts it off at the border; lambda then becomes the share
    of the frame outside the box. Two forms differ in what is pasted:

    - ``cutmix_axes='height_width'``: the partner's box, in all frames. This
      is CutMix as it is meant, and as VideoMAE's fine-tuning does it.
    - ``cutmix_axes='frames_height'``: what MVD's fine-tuning did on
      Kinetics-400 and Something-Something V2. It gave clips (C, T, H, W) to
      code written for images (timm 0.4.12), which cuts the first two axes
      after the channels. The box's rows therefore select *frames*, its
      columns select *rows*, and the full width is pasted. Rows of the box
      beyond the last frame select nothing. At 16 frames of 224 pixels, about
      60 % of the draws change no pixel (58 % when the published code was
      measured), but the label moves all the same: a clip that keeps all its
      pixels gives away 0.29 of its label on average.

    With ``prob=0``, or both alphas 0, labels are smoothed and nothing else.
    The middle sample of an odd batch is its own partner: only its label is
    smoothed. A batch of one is left alone in the same way.

    MMAction2's ``RandomBatchAugment`` of ``MixupBlending`` and
    ``CutmixBlending`` draws another pairing and does not smooth.

    Source: `mixup <https://arxiv.org/abs/1710.09412>`_ and `CutMix
    <https://arxiv.org/abs/1905.04899>`_; the pairing is that of MVD's
    fine-tuning, in which both augmented repeats of a video are neighbours.
    Numbers are drawn in the order of timm's batch mode, with NumPy's global
    generator: one seed gives the same shares and boxes.

    Args:
        num_classes (int): K.
        mixup_alpha (float): Alpha of Mixup; 0 for CutMix alone.
        cutmix_alpha (float): Alpha of CutMix; 0 for Mixup alone.
        prob (float): Probability that a batch is blended.
        switch_prob (float): Probability of CutMix where both are on.
        smoothing (float): s, in [0, 1).
        cutmix_axes (str): What CutMix cuts, 'height_width' or
            'frames_height', as above.

    Raises:
        ValueError: If an argument is out of its range; when called, if a
            label is not in [0, K), or, with ``cutmix_axes='frames_height'``,
            if the batch is odd, which timm refuses as well.
    """

    def __init__(self,
                 num_classes: int,
                 mixup_alpha: float = 0.8,
                 cutmix_alpha: float = 1.0,
                 prob: float = 1.0,
                 switch_prob: float = 0.5,
                 smoothing: float = 0.1,
                 cutmix_axes: str = 'height_width') -> None:
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
        if cutmix_axes not in _CUTMIX_AXES:
            raise ValueError(f'`cutmix_axes` must be one of {_CUTMIX_AXES}, '
                             f'got {cutmix_axes!r}')
        self.mixup_alpha = mixup_alpha
        self.cutmix_alpha = cutmix_alpha
        self.prob = prob
        self.switch_prob = switch_prob
        self.smoothing = smoothing
        self.cutmix_axes = cutmix_axes

    def __call__(self, imgs: Tensor,
                 batch_data_samples: SampleList) -> Tuple[Tensor, SampleList]:
        """Blend a batch.

        Args:
            imgs (Tensor): Normalised clips, shape (B, N, C, T, H, W) or
                (B, C, T, H, W); with ``cutmix_axes='height_width'`` single
                frames as well, (B, N, C, H, W). CutMix changes it in place.
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
        """Blend clips and labels.

        Args:
            imgs (Tensor): Clips, shape (B, ..., T, H, W).
            label (Tensor): One-hot, shape (B, K).

        Returns:
            tuple[Tensor, Tensor]: Both, of the same shapes.

        Raises:
            ValueError: If the batch is odd and ``cutmix_axes`` is
                'frames_height'.
        """
        if len(imgs) % 2 and self.cutmix_axes == 'frames_height':
            raise ValueError(
                f'a batch has {len(imgs)} clips, which '
                "`cutmix_axes='frames_height'` cannot pair, as published: use "
                'an even `train_dataloader.batch_size` or `num_repeats=2`, '
                'with `train_dataloader.drop_last=True`, or '
                "`cutmix_axes='height_width'`, which leaves the clip without "
                'a partner as it is')
        label = (1 - self.smoothing) * label + self.smoothing / label.shape[1]
        # one clip has no partner, whatever is drawn
        if len(imgs) == 1 or np.random.rand() >= self.prob:
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
        """Paste a box of the reversed batch; the share of the own label."""
        share = np.random.beta(self.cutmix_alpha, self.cutmix_alpha)
        height, width = imgs.shape[-2:]
        y1, y2, x1, x2 = draw_box(height, width, share)
        if self.cutmix_axes == 'height_width':
            region: tuple = (..., slice(y1, y2), slice(x1, x2))
        else:
            # (..., T, H, W): a slice that starts beyond T is empty
            region = (..., slice(y1, y2), slice(x1, x2), slice(None))
        # `flip` copies: no pixel is read after it was overwritten
        imgs[region] = imgs[region].flip(0)
        return imgs, 1 - (y2 - y1) * (x2 - x1) / (height * width)


def draw_box(height: int, width: int,
             share: float) -> Tuple[int, int, int, int]:
    """Draw top, bottom, left and right of CutMix's box.

    Args:
        height (int): Of the frame, in pixels.
        width (int): Of the frame, in pixels.
        share (float): Lambda; the box has (1 - lambda) of the area, before
            it is cut off at the border.

    Returns:
        tuple[int, int, int, int]: In pixels; bottom and right are excluded.
    """
    ratio = math.sqrt(1 - share)
    edges = []
    for side in (height, width):  # rows are drawn first, as in timm
        half = int(side * ratio) // 2
        centre = np.random.randint(side)
        edges += [max(centre - half, 0), min(centre + half, side)]
    return edges[0], edges[1], edges[2], edges[3]
