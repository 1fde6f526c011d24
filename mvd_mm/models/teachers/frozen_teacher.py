"""What all teachers promise."""
from abc import ABCMeta, abstractmethod
from pathlib import Path
from typing import Any, Optional, Tuple

import torch
from mmengine.dist import broadcast
from mmengine.model import BaseModule
from torch import Tensor, nn

from mvd_mm.checkpoints import load_encoder
from ..backbones import MVDVisionTransformer
from ..layers import Linear, take_tokens

__all__ = ['FrozenTeacher']


class FrozenTeacher(BaseModule, metaclass=ABCMeta):
    """A network that supplies targets and never learns.

    Each kind says how a clip becomes targets (:meth:`extract_targets`). A
    network other than this package's is built by :meth:`build_network` and
    :meth:`load_weights`, and :attr:`grid_size` and :attr:`out_channels` tell
    the shape of its targets; docs/tutorials/new_teacher.md has an example.

    It holds three promises, each covered by a test: no parameter requires a
    gradient, it stays in eval mode whatever ``train()`` its parent receives,
    and its weights are not written into the pre-training checkpoint (they are
    loaded again from ``checkpoint`` when a run resumes). Random weights have
    no other place, so they are written.

    Args:
        vit (dict): Arguments of :class:`MVDVisionTransformer`.
        checkpoint (str, optional): Local file with the teacher's weights: a
            published MAE or VideoMAE file as it is, or a stage-1 checkpoint of
            this package. Loaded strictly.
        random_init (bool): Allow a teacher without a checkpoint, for an
            ablation with random targets.
    """

    #: key of the model's inputs that this teacher looks at
    view = 'imgs'

    def __init__(self,
                 vit: dict,
                 checkpoint: Optional[str] = None,
                 random_init: bool = False) -> None:
        super().__init__()
        self.vit = self.build_network(vit)
        self.checkpoint = checkpoint
        self.random_init = random_init
        self.requires_grad_(False)
        self.eval()
        self._register_state_dict_hook(self._drop_weights)

    def build_network(self, vit: dict) -> Any:
        """Build the network; a teacher of another kind builds its own.

        Args:
            vit (dict): As the constructor takes it.

        Returns:
            nn.Module: With random weights.
        """
        return MVDVisionTransformer(use_mean_pooling=False, **vit)

    def load_weights(self, checkpoint: str) -> None:
        """Load the network's weights; a teacher of another kind loads its own.

        Args:
            checkpoint (str): As the constructor takes it.

        Raises:
            FileNotFoundError: If it does not exist.
        """
        if not Path(checkpoint).is_file():
            raise FileNotFoundError(
                f'`checkpoint` of {type(self).__name__} does not exist: '
                f'{checkpoint!r}. Put the published file there, or train one '
                'with configs/mvd/stage1, and name it with --cfg-options (see '
                'docs/teachers.md)')
        load_encoder(self.vit, checkpoint, allow_missing=('norm.', ))

    @property
    def _is_random(self) -> bool:
        return self.random_init and self.checkpoint is None

    @property
    def grid_size(self) -> Tuple[int, int, int]:
        """Token grid (T, H, W) of the targets."""
        return self.vit.grid_size

    @property
    def out_channels(self) -> int:
        """Width F of the targets."""
        return self.vit.embed_dims

    def train(self, mode: bool = True) -> 'FrozenTeacher':
        """Stay in eval mode."""
        return super().train(False)

    def init_weights(self) -> None:
        """Load the weights.

        Raises:
            ValueError: If there is no checkpoint and ``random_init`` is off.
            FileNotFoundError: If the checkpoint does not exist.
        """
        if self.checkpoint is None:
            if not self.random_init:
                raise ValueError(
                    f'`checkpoint` of {type(self).__name__} is not set, so '
                    'its targets would be noise: name a published file or a '
                    'stage-1 checkpoint, or set `random_init=True` if that is '
                    'meant')
            # a network of another package has drawn its weights already
            if isinstance(self.vit, BaseModule):
                self.vit.init_weights()
            # each process draws its own numbers, but one set of targets is
            # meant; MMEngine shares only what the state dict holds
            for value in self.vit.state_dict().values():
                broadcast(value)
        else:
            self.load_weights(self.checkpoint)
        self._is_init = True

    @torch.no_grad()
    def forward(self, clip: Tensor, hidden: Optional[Tensor] = None) -> Tensor:
        """Compute targets.

        Args:
            clip (Tensor): Normalised clips, shape (B, 3, T, H, W).
            hidden (Tensor, optional): int64, shape (B, M): the tokens whose
                targets are needed. What only the others need of the last
                block is then not computed.

        Returns:
            Tensor: Features after the last block and before the closing norm,
            shape (B, L, F), or (B, M, F) with ``hidden``.
        """
        for module in self.modules():
            if isinstance(module, Linear):
                module.prepare()
        if hidden is None:
            return self.extract_targets(clip)
        return self.extract_hidden(clip, hidden)

    @abstractmethod
    def extract_targets(self, clip: Tensor) -> Tensor:
        """Targets of all tokens; implemented by each teacher.

        Args:
            clip (Tensor): Shape (B, 3, T, H, W).

        Returns:
            Tensor: Shape (B, L, F).
        """

    def extract_hidden(self, clip: Tensor, hidden: Tensor) -> Tensor:
        """Targets of the hidden tokens.

        A teacher that need not compute the others replaces it.

        Args:
            clip (Tensor): Shape (B, 3, T, H, W).
            hidden (Tensor): Their indices, int64, shape (B, M).

        Returns:
            Tensor: Shape (B, M, F).
        """
        return take_tokens(self.extract_targets(clip), hidden)

    @staticmethod
    def _drop_weights(module, state_dict, prefix, local_metadata) -> None:
        if module._is_random:
            return
        for key in [k for k in state_dict if k.startswith(prefix)]:
            del state_dict[key]

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        """Keep the weights that come from the teacher's own file.

        Nothing of such a teacher is in a checkpoint. The entries handed on to
        the children are its own weights: a strict load finds all of them.
        """
        if not self._is_random:
            state_dict.update(
                nn.Module.state_dict(self.vit, prefix=f'{prefix}vit.'))
        super()._load_from_state_dict(state_dict, prefix, *args)
