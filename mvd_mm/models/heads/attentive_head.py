"""A probe that chooses which tokens to look at."""
from typing import Optional, Sequence

import torch
from mmaction.models.heads.base import BaseHead
from mmengine.model.weight_init import trunc_normal_init
from torch import Tensor, nn

from mvd_mm.registry import MODELS
from mvd_mm.utils.ranges import check_counts, check_shares

__all__ = ['AttentiveHead']


@MODELS.register_module()
class AttentiveHead(BaseHead):
    """One cross-attention block from a learned query, then a linear layer.

    The query attends to the tokens of a frozen backbone, then the block's MLP
    follows. Both have a residual connection and pre-norm, as in a transformer
    block.
    The backbone must return tokens: ``use_mean_pooling=False``.

    Source: `Context Autoencoder <https://arxiv.org/abs/2202.03026>`_,
    attentive probing; the block is that of this package.

    Args:
        num_classes (int): Number of classes K.
        in_channels (int): Width D of the tokens.
        num_heads (int): Attention heads.
        mlp_ratio (float): Width of the MLP's hidden layer over D.
        dropout_ratio (float): Dropout before the linear layer.
        label_smooth_eps (float): Label smoothing.
        average_clips (str, optional): 'prob', 'score' or None, over views.
        loss_cls (dict): Loss module.
        topk (Sequence[int]): Training accuracies in the log.

    Raises:
        ValueError: If ``in_channels`` is not a multiple of ``num_heads``.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int,
        num_heads: int = 12,
        mlp_ratio: float = 4.,
        dropout_ratio: float = 0.,
        label_smooth_eps: float = 0.,
        average_clips: Optional[str] = 'prob',
        loss_cls: dict = dict(type='mmaction.CrossEntropyLoss'),
        topk: Sequence[int] = (1, 5)
    ) -> None:
        check_counts(
            num_classes=num_classes,
            in_channels=in_channels,
            num_heads=num_heads,
            topk=topk)
        check_shares(
            dropout_ratio=dropout_ratio, label_smooth_eps=label_smooth_eps)
        if in_channels % num_heads:
            raise ValueError('`in_channels` must be a multiple of '
                             f'`num_heads`, got {in_channels} and {num_heads}')
        super().__init__(
            num_classes,
            in_channels,
            loss_cls=loss_cls,
            label_smooth_eps=label_smooth_eps,
            average_clips=average_clips,
            topk=tuple(topk))
        hidden = int(in_channels * mlp_ratio)
        self.query = nn.Parameter(torch.zeros(1, 1, in_channels))
        self.norm_tokens = nn.LayerNorm(in_channels, eps=1e-6)
        self.attn = nn.MultiheadAttention(
            in_channels, num_heads, batch_first=True)
        self.norm_mlp = nn.LayerNorm(in_channels, eps=1e-6)
        self.mlp = nn.Sequential(
            nn.Linear(in_channels, hidden), nn.GELU(),
            nn.Linear(hidden, in_channels))
        self.norm = nn.LayerNorm(in_channels, eps=1e-6)
        self.dropout = nn.Dropout(dropout_ratio)
        self.fc_cls = nn.Linear(in_channels, num_classes)

    def init_weights(self) -> None:
        """Weights: truncated normal, deviation 0.02. Biases: 0."""
        nn.init.trunc_normal_(self.query, std=0.02)
        nn.init.trunc_normal_(self.attn.in_proj_weight, std=0.02)
        nn.init.zeros_(self.attn.in_proj_bias)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                trunc_normal_init(module, std=0.02)

    def forward(self, x: Tensor, **kwargs) -> Tensor:
        """Classify.

        Args:
            x (Tensor): Tokens, shape (B, L, D).
            **kwargs: What MMAction2's recognisers pass on; not needed.

        Returns:
            Tensor: Scores, shape (B, K), float32.

        Raises:
            ValueError: If ``x`` is a mean of tokens instead of tokens.
        """
        if x.ndim != 3:
            raise ValueError(
                '`AttentiveHead` attends to tokens of shape (B, L, D), got '
                f'{tuple(x.shape)}: set `use_mean_pooling=False` in the '
                'backbone')
        tokens = self.norm_tokens(x)
        # not len(x), which torch.export takes for a constant
        query = self.query.expand(x.shape[0], -1, -1)  # (B, 1, D)
        query = query + self.attn(query, tokens, tokens, need_weights=False)[0]
        query = query + self.mlp(self.norm_mlp(query))
        feature = self.norm(query).squeeze(1)  # (B, D)
        return self.fc_cls(self.dropout(feature)).float()
