"""How much a video transformer attends to each token."""
# Shapes: B clips, L tokens, D width; T', H', W' is the token grid.
from typing import Any, List

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mvd_mm.models import MVDVisionTransformer
from mvd_mm.models.layers import token_grid

__all__ = ['attention_maps', 'attention_weights']


def attention_weights(attention: Any, tokens: Tensor) -> Tensor:
    """Weights of an attention, mean over its heads.

    The fused kernels never store them, so they are computed anew.

    Args:
        attention (FusedAttention): Of a block.
        tokens (Tensor): What it was given, shape (B, L, D).

    Returns:
        Tensor: Shape (B, L, L); rows sum to 1.
    """
    bias = attention.qkv.bias
    if hasattr(attention, 'q_bias'):
        bias = torch.cat([
            attention.q_bias,
            torch.zeros_like(attention.v_bias), attention.v_bias
        ])
    qkv = F.linear(tokens, attention.qkv.weight, bias)
    batch, number, _ = tokens.shape
    qkv = qkv.reshape(batch, number, 3, attention.num_heads, -1)
    query, key, _ = qkv.permute(2, 0, 3, 1, 4)  # (B, heads, L, d)
    weights = tokens.new_zeros(batch, number, number)
    for head in range(attention.num_heads):  # one at a time: (B, L, L)
        products = query[:, head] @ key[:, head].transpose(1, 2)
        weights += (products * attention.scale).softmax(-1)
    return weights / attention.num_heads


@torch.no_grad()
def attention_maps(backbone: MVDVisionTransformer,
                   clips: Tensor,
                   method: str = 'last') -> Tensor:
    """Attention that each token receives, mean over all tokens that attend.

    Args:
        backbone (MVDVisionTransformer): In eval mode.
        clips (Tensor): Normalised, shape (B, 3, T, H, W).
        method (str): 'last': the weights of the last block. 'rollout': the
            product over all blocks, each mixed half and half with the
            identity for the residual connection.

    Returns:
        Tensor: float32, shape (B, T', H', W'); each clip's sums to 1.

    Source: `Quantifying attention flow in transformers
    <https://arxiv.org/abs/2005.00928>`_ for 'rollout'.

    Raises:
        ValueError: If there is no such method.
    """
    if method not in ('last', 'rollout'):
        raise ValueError("`method` must be 'last' or 'rollout', got "
                         f'{method!r}')
    found: List[Tensor] = []  # of the blocks so far, (B, L, L)

    def gather(module: nn.Module, inputs: tuple) -> None:
        weights = attention_weights(module, inputs[0]).float()
        if method == 'rollout':
            weights = (weights + torch.eye(weights.shape[-1]).to(weights)) / 2
            if found:
                weights = weights @ found[0]
        found[:] = [weights]

    blocks = list(backbone.blocks)
    if method == 'last':
        blocks = blocks[-1:]
    handles = [
        block.attn.register_forward_pre_hook(gather) for block in blocks
    ]
    try:
        backbone.encode(clips)
    finally:
        for handle in handles:
            handle.remove()
    received = found[0].mean(1)  # (B, L)
    if backbone.cls_token is not None:
        received = received[:, 1:]
    received = received / received.sum(1, keepdim=True)
    grid = token_grid(clips.shape[-2:], backbone.patch_size, clips.shape[2],
                      backbone.tubelet_size)
    return received.reshape(len(clips), *grid)
