"""From loader to model: stack, move as uint8, normalise on the device."""
from typing import Any, Dict, List, Sequence, Union

import torch
from mmengine.model import BaseDataPreprocessor
from torch import Tensor

from mvd_mm.registry import MODELS
from mvd_mm.utils.ranges import check_colours

__all__ = ['PretrainDataPreprocessor']

_MASKS = ('mask', 'teacher_mask')


@MODELS.register_module()
class PretrainDataPreprocessor(BaseDataPreprocessor):
    """Batch the views and masks of a pre-training pipeline.

    Pixels are copied to the model's device as uint8, a quarter of the bytes
    of float32, and normalised there. The clips and masks of a sample (its
    leading axis) become clips and masks of the batch.

    Args:
        mean (Sequence[float]): Per channel, in 0..255.
        std (Sequence[float]): Per channel, in 0..255.
        non_blocking (bool): Let copies from pinned memory overlap.
    """

    def __init__(self,
                 mean: Sequence[float] = (123.675, 116.28, 103.53),
                 std: Sequence[float] = (58.395, 57.12, 57.375),
                 non_blocking: bool = True) -> None:
        super().__init__(non_blocking=non_blocking)
        check_colours(mean, std)
        shape = (1, -1, 1, 1, 1)
        self.register_buffer('mean', torch.tensor(mean).view(shape), False)
        self.register_buffer('std', torch.tensor(std).view(shape), False)

    def forward(self, data: dict, training: bool = False) -> dict:
        """Prepare a batch.

        Args:
            data (dict): ``inputs`` maps ``mask`` and ``teacher_mask`` (AMD)
                to bool tensors (N, L), or (L, ), and every other key to uint8
                tensors (N, 3, T, H, W), lists over the samples or stacked; N
                clips per sample.
            training (bool): Not needed.

        Returns:
            dict: ``inputs`` with masks (B * N, L) and float32 views
            (B * N, 3, T, H, W) on the model's device, and ``num_hidden``, the
            number of tokens that each ``mask`` hides: who knows it need not
            read the mask, and wait for the device, to split the tokens.

        Raises:
            ValueError: If the masks of a batch hide different numbers of
                tokens, or the teacher's hides what the student's shows.
            TypeError: If ``inputs`` are not a dict.
        """
        if not hasattr(data['inputs'], 'items'):
            raise TypeError(
                '`inputs` of the batch are clips alone, without masks: '
                'PackActionInputs keeps the keys that it is told of. End the '
                "pipeline with `dict(type='PackActionInputs', "
                "collect_keys=('imgs', 'mask'))` after mvd_mm.TubeMasking or "
                'mvd_mm.RandomMasking')
        inputs: Dict[str, Any] = {}
        for key, value in data['inputs'].items():
            if key not in _MASKS:
                inputs[key] = self._views(value)
        masks = {
            key: self._masks(key, data['inputs'][key])
            for key in _MASKS if key in data['inputs']
        }
        # on the CPU still: no wait for the device
        if len(masks) == 2 and (masks['teacher_mask'] > masks['mask']).any():
            raise ValueError(
                '`teacher_mask` hides tokens that `mask` shows: draw both '
                'with one mvd_mm.NestedTubeMasking')
        if 'mask' in masks:
            inputs['num_hidden'] = int(masks['mask'][0].sum())
        for key, mask in masks.items():
            inputs[key] = mask.to(self.device, non_blocking=self._non_blocking)
        return dict(inputs=inputs, data_samples=data.get('data_samples'))

    def _views(self, value: Union[Tensor, List[Tensor]]) -> Tensor:
        value = self._stack(value).flatten(0, 1)  # (B * N, 3, T, H, W)
        value = value.to(self.device, non_blocking=self._non_blocking)
        # in place: no further copy of the largest tensor of a batch
        return (value.float() - self.mean).div_(self.std)

    def _masks(self, key: str, value: Union[Tensor, List[Tensor]]) -> Tensor:
        mask = self._stack(value).bool()
        mask = mask.reshape(-1, mask.shape[-1])  # (B * N, L)
        hidden = mask.sum(1)
        if (hidden != hidden[0]).any():
            raise ValueError(
                f'`{key}` hides different numbers of tokens in one batch '
                f'({sorted(set(hidden.tolist()))}): use one masking transform '
                'with one ratio')
        return mask

    @staticmethod
    def _stack(value: Union[Tensor, List[Tensor]]) -> Tensor:
        return value if isinstance(value, Tensor) else torch.stack(value)
