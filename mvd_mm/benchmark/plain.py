"""MVD on MMAction2's own ViT: what the speed is compared with.

The blocks are the host's, with attention written out. All tokens are embedded
by the convolution and picked by boolean masks, decoders and teachers compute
every token to the end, and the optimiser is PyTorch's default.
"""
from typing import Any, Dict, Optional

import torch
import torch.nn.functional as F
from mmaction.models.backbones.vit_mae import Block, VisionTransformer
from torch import Tensor, nn

from mvd_mm.positions import build_position_table

__all__ = ['PlainMVD', 'plain_backbone']

_VIT_KEYS = ('img_size', 'patch_size', 'embed_dims', 'depth', 'num_heads',
             'mlp_ratio', 'drop_path_rate', 'num_frames', 'tubelet_size',
             'use_mean_pooling', 'return_feat_map')


def plain_backbone(cfg: dict) -> dict:
    """Config of MMAction2's ``VisionTransformer`` in the place of ours.

    Raises:
        ValueError: If the head needs tokens, which the host does not return.
    """
    if not (cfg.get('use_mean_pooling', True) or cfg.get('return_feat_map')):
        raise ValueError('`backbone.use_mean_pooling` is False: '
                         'mmaction.VisionTransformer returns no tokens, so '
                         'there is no plain side')
    kept = {k: v for k, v in cfg.items() if k in _VIT_KEYS}
    return dict(type='mmaction.VisionTransformer', **kept)


class _Encoder(VisionTransformer):
    """The host's network, without its closing norm, on visible tokens."""

    def __init__(self, is_image: bool = False, **cfg) -> None:
        kept = {k: v for k, v in cfg.items() if k in _VIT_KEYS}
        if is_image:
            kept.update(num_frames=1, tubelet_size=1)
        super().__init__(**kept)
        self.cls_token = None
        if is_image:
            width = self.embed_dims
            self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
            for block in self.blocks:
                block.attn.qkv = nn.Linear(width, 3 * width)
                del block.attn.q_bias, block.attn.v_bias

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        x = self.patch_embed(x)[0] + self.pos_embed
        if mask is not None:
            x = x[~mask].reshape(len(x), -1, x.shape[-1])
        if self.cls_token is not None:
            x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1)
        for block in self.blocks:
            x = block(x)
        return x


class _Decoder(nn.Module):
    """Visible tokens and mask tokens through the host's blocks."""

    pos_embed: Tensor

    def __init__(self, cfg: dict) -> None:
        super().__init__()
        width = cfg['embed_dims']
        self.proj_in = nn.Linear(cfg['in_channels'], width)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, width))
        self.register_buffer(
            'pos_embed',
            build_position_table('sincos_3d', width, tuple(cfg['grid_size'])))
        rates = torch.linspace(0, cfg.get('drop_path_rate', 0.), cfg['depth'])
        self.blocks = nn.ModuleList([
            Block(width, cfg['num_heads'], drop_path_rate=float(rate))
            for rate in rates
        ])
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.proj_out = nn.Linear(width, cfg['out_channels'])

    def forward(self, visible: Tensor, mask: Tensor) -> Tensor:
        pos = self.pos_embed.expand(len(visible), -1, -1)
        width = pos.shape[-1]
        seen = pos[~mask].reshape(len(visible), -1, width)
        unseen = pos[mask].reshape(len(visible), -1, width)
        x = torch.cat([self.proj_in(visible) + seen, self.mask_token + unseen],
                      dim=1)
        for block in self.blocks:
            x = block(x)
        return self.proj_out(self.norm(x[:, -unseen.shape[1]:]))


class PlainMVD(nn.Module):
    """The distillation of a config, written as one would at first.

    Args:
        cfg (dict): Config of :class:`mvd_mm.models.MVD`.

    Raises:
        ValueError: If the image teacher is to look at all frames.
    """

    def __init__(self, cfg: dict) -> None:
        super().__init__()
        self.backbone = _Encoder(**cfg['backbone'])
        self.tubelet_size = cfg['backbone'].get('tubelet_size', 2)
        self.norm = nn.LayerNorm(self.backbone.embed_dims, eps=1e-6)
        self.branches: Any = nn.ModuleDict()
        self.views: Dict[str, str] = {}
        for name, branch in cfg['branches'].items():
            teacher = branch['teacher']
            is_image = teacher['type'].endswith('MAEImageTeacher')
            if teacher.get('all_frames'):
                raise ValueError(f'`branches.{name}.teacher.all_frames`: the '
                                 'plain side has frame 0 of a tubelet alone')
            self.views[name] = teacher.get('view', 'imgs')
            network = _Encoder(is_image, **teacher['vit'])
            network.requires_grad_(False)
            self.branches[name] = nn.ModuleDict(
                dict(teacher=network, decoder=_Decoder(branch['decoder'])))

    def train(self, mode: bool = True) -> 'PlainMVD':
        """Teachers stay in eval mode."""
        super().train(mode)
        for branch in self.branches.values():
            branch['teacher'].eval()
        return self

    def loss(self, inputs: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """One loss per teacher, as of :meth:`MVD.loss`."""
        mask = inputs['mask']
        visible = self.norm(self.backbone(inputs['imgs'], mask))
        losses: Dict[str, Tensor] = {}
        for name, branch in self.branches.items():
            with torch.no_grad():
                view = self.views[name]
                feats = self._features(branch['teacher'], inputs[view],
                                       view == 'imgs')
            pred = branch['decoder'](visible, mask)
            target = feats[mask].reshape(pred.shape)
            losses[f'loss_{name}'] = F.smooth_l1_loss(pred.float(),
                                                      target.float())
        return losses

    def _features(self, teacher: _Encoder, clip: Tensor,
                  whole: bool) -> Tensor:
        """Shape (B, 3, T, H, W) to (B, L, F)."""
        if teacher.cls_token is None:
            return teacher(clip)
        if whole:  # frame 0 of each tubelet
            clip = clip[:, :, ::self.tubelet_size]
        images = clip.transpose(1, 2).flatten(0, 1)  # (B * T', 3, H, W)
        tokens = teacher(images.unsqueeze(2))[:, 1:]
        return tokens.reshape(len(clip), -1, tokens.shape[-1])
