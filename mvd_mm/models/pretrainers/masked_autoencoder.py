"""Stage 1: MAE on single frames and VideoMAE on clips."""
from typing import Dict, Optional

from torch import Tensor

from mvd_mm.registry import MODELS
from ..layers import TokenSplit
from ._masks import split_of
from ._pretrainer import Pretrainer

__all__ = ['MaskedAutoencoder']


@MODELS.register_module()
class MaskedAutoencoder(Pretrainer):
    """Predict the pixels of the hidden tokens from the visible ones.

    MAE and VideoMAE are the same algorithm. MAE's backbone sees one frame,
    with a class token and 2-D positions; VideoMAE's sees tubelets, with 1-D
    positions. To use the trained backbone as a teacher of MVD, give MVD the
    path of the checkpoint.

    Source: `MAE <https://arxiv.org/abs/2111.06377>`_ and `VideoMAE
    <https://arxiv.org/abs/2203.12602>`_; losses compared with the published
    code.

    Args:
        backbone (dict): Encodes visible tokens only.
        decoder (dict): Predicts at hidden positions.
        head (dict): Compares with the pixels.
        data_preprocessor (dict, optional): Normalises clips on the device.
        init_cfg (dict, optional): Initialisation.

    Raises:
        ValueError: If backbone and decoder do not agree.
    """

    def __init__(self,
                 backbone: dict,
                 decoder: dict,
                 head: dict,
                 data_preprocessor: Optional[dict] = None,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(data_preprocessor, init_cfg)
        self.backbone = MODELS.build(backbone)
        self.decoder = MODELS.build(decoder)
        self.head = MODELS.build(head)
        if self.decoder.grid_size != self.backbone.grid_size:
            raise ValueError(
                f'`decoder.grid_size` is {self.decoder.grid_size}, but the '
                f'backbone gives {self.backbone.grid_size}: set it to that')
        if self.decoder.in_channels != self.backbone.embed_dims:
            raise ValueError(
                f'`decoder.in_channels` is {self.decoder.in_channels}, but '
                f'the backbone is {self.backbone.embed_dims} wide: set it to '
                'that')

    def loss(self, inputs: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """Compare with the pixels.

        Args:
            inputs (dict): ``imgs`` (B, 3, T, H, W), ``mask`` (B, L) bool with
                True for hidden.

        Returns:
            dict: ``loss``, a scalar.
        """
        tokens = split_of(inputs)
        pred = self._decode(inputs, tokens)
        return dict(loss=self.head.loss(pred, inputs['imgs'], tokens))

    def predict(self, inputs: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """Prediction and target, for analysis.

        Args:
            inputs (dict): As :meth:`loss` takes it.

        Returns:
            dict: ``pred`` and ``target``, both (B, M, F).
        """
        tokens = split_of(inputs)
        return dict(
            pred=self._decode(inputs, tokens),
            target=self.head.target(inputs['imgs'], tokens))

    def encode(self, inputs: Dict[str, Tensor]) -> Tensor:
        """Encoded visible tokens, shape (B, V, D).

        Args:
            inputs (dict): As :meth:`loss` takes it.
        """
        return self.backbone(inputs['imgs'], split_of(inputs))

    def _decode(self, inputs: Dict[str, Tensor], tokens: TokenSplit) -> Tensor:
        """Shape (B, M, F)."""
        return self.decoder(self.backbone(inputs['imgs'], tokens), tokens)
