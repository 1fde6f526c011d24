"""Pre-norm transformer block, and a stack of them."""
from typing import Iterable, List, Optional, Sequence, Tuple, Union

import torch
from mmaction.models.backbones.vit_mae import Block
from mmengine.model import ModuleList
from torch import Tensor, nn

from .attention import FusedAttention
from .fused_mlp import FusedMLP

__all__ = ['TransformerBlock', 'block_outputs', 'build_blocks', 'check_layers']


class TransformerBlock(Block):
    """MMAction2's VideoMAE block on :class:`FusedAttention`, and parts of it.

    The last block of a network can be asked for some of the tokens alone. The
    others are attended to, and nothing else is computed of them.

    Source: MMAction2's ``Block`` of its VideoMAE; results compared.

    Args:
        embed_dims (int): Width of the tokens.
        num_heads (int): Number of attention heads.
        mlp_ratio (float): Width of the hidden layer over ``embed_dims``.
        qkv_bias (bool or str): See :class:`FusedAttention`.
        qk_scale (float, optional): See :class:`FusedAttention`.
        drop_rate (float): Dropout after attention and in the MLP.
        attn_drop_rate (float): Dropout on the attention weights.
        drop_path_rate (float): Stochastic depth.
        init_values (float): Initial layer scale; 0: no layer scale.
        norm_cfg (dict): Normalisation layer.
    """

    def __init__(
        self,
        embed_dims: int,
        num_heads: int,
        mlp_ratio: float = 4.,
        qkv_bias: Union[bool, str] = True,
        qk_scale: Optional[float] = None,
        drop_rate: float = 0.,
        attn_drop_rate: float = 0.,
        drop_path_rate: float = 0.,
        init_values: float = 0.,
        norm_cfg: dict = dict(type='LN', eps=1e-6)
    ) -> None:
        super().__init__(
            embed_dims,
            num_heads,
            mlp_ratio=mlp_ratio,
            qkv_bias=False,  # the parent's attention is replaced below
            drop_rate=drop_rate,
            drop_path_rate=drop_path_rate,
            init_values=float(init_values),
            norm_cfg=norm_cfg)
        self.attn = FusedAttention(
            embed_dims,
            num_heads,
            qkv_bias=qkv_bias,
            qk_scale=qk_scale,
            attn_drop_rate=attn_drop_rate,
            drop_rate=drop_rate)
        self.mlp: nn.Module = FusedMLP(self.mlp)

    def forward(self,
                x: Tensor,
                queries: Optional[slice] = None,
                rows: Optional[Tensor] = None) -> Tensor:
        """Encode.

        Args:
            x (Tensor): Shape (B, L, D).
            queries (slice, optional): The M tokens of each clip whose result
                is needed.
            rows (Tensor, optional): Indices, shape (R, ), of the tokens whose
                result is needed, counted over the whole batch, 0 .. B * L - 1.
                Clips may differ in their number of them. Without stochastic
                depth, which is drawn clip by clip.

        Returns:
            Tensor: Shape (B, L, D), with ``queries`` (B, M, D), with ``rows``
            (1, R, D).
        """
        attended = self.attn(self.norm1(x), queries, rows)
        if queries is not None:
            x = x[:, queries]
        if rows is not None:
            x = x.flatten(0, 1)[rows].unsqueeze(0)
        x = self._add(x, attended, 'gamma_1')
        return self._add(x, self.mlp(self.norm2(x)), 'gamma_2')

    def _add(self, x: Tensor, branch: Tensor, scale: str) -> Tensor:
        """Residual connection with layer scale and stochastic depth."""
        if hasattr(self, scale):
            branch = getattr(self, scale) * branch
        return x + self.drop_path(branch)


def build_blocks(depth: int, drop_path_rate: float, **block_cfg) -> ModuleList:
    """Stack blocks; stochastic depth rises linearly from 0 to its rate.

    Args:
        depth (int): Number of blocks.
        drop_path_rate (float): Of the last block.
        **block_cfg: Other arguments of :class:`TransformerBlock`.

    Returns:
        ModuleList: The blocks.
    """
    # on the CPU, also where a whole model is built on the meta device
    rates = torch.linspace(0, drop_path_rate, depth, device='cpu').tolist()
    return ModuleList(
        [TransformerBlock(drop_path_rate=r, **block_cfg) for r in rates])


def check_layers(name: str, layers: Sequence[int],
                 depth: int) -> Tuple[int, ...]:
    """Check numbers of blocks, counted from 1, in rising order.

    Args:
        name (str): The argument that holds them, for the error.
        layers (Sequence[int]): The numbers.
        depth (int): Number of blocks there are.

    Returns:
        tuple[int, ...]: The numbers.

    Raises:
        ValueError: With the argument's ``name``, if they are not.
    """
    found = tuple(layers)
    if not found or found != tuple(
            sorted(set(found) & set(range(1, depth + 1)))):
        raise ValueError(
            f'`{name}` must be numbers of blocks from 1 to {depth}, in rising '
            f'order, e.g. {(max(depth // 2, 1), depth)}, got {found}')
    return found


def block_outputs(blocks: Iterable[nn.Module], tokens: Tensor,
                  layers: Sequence[int]) -> List[Tensor]:
    """Run blocks and keep what comes out of some; stop at the last of these.

    Args:
        blocks (Iterable[Module]): One after the other.
        tokens (Tensor): Shape (B, L, D).
        layers (Sequence[int]): Numbers of blocks, from 1, in rising order.

    Returns:
        list[Tensor]: One of shape (B, L, D) for each number.
    """
    outputs = []
    for number, block in enumerate(blocks, 1):
        tokens = block(tokens)
        if number in layers:
            outputs.append(tokens)
        if number == layers[-1]:
            break
    return outputs
