"""MMAction2's Grad-CAM on the tokens of a video transformer."""
from typing import Any, Optional

from mmaction.utils import GradCAM
from torch import Tensor, nn

from mvd_mm.models.layers import token_grid

__all__ = ['TokenGradCAM']


class TokenGradCAM(GradCAM):
    """``mmaction.utils.GradCAM`` for a recogniser with a video transformer.

    The host's class expects feature maps (B, D, T', H', W'), but the blocks of
    a ViT give tokens (B, L, D). This class lays the tokens and their gradients
    out on the token grid of the clip, whatever its size, and leaves the rest
    to the host.

    Calling it gives the clips with their heat maps, (views, T, H, W, 3) in
    0..1, and the class scores; see ``mmaction.utils.GradCAM``. The pipeline
    must not normalise, and ``model.test_cfg.max_testing_views`` must not be
    set, because all views have to pass at once.

    Source: `Grad-CAM <https://arxiv.org/abs/1610.02391>`_; the rest is
    MMAction2's.

    Args:
        model (Recognizer3D): With ``MVDVisionTransformer``.
        target_layer_name (str, optional): Layer whose output (B, L, D) is
            explained, its parts joined by '/'. None: the first norm of the
            last block, the usual choice for a ViT: behind the last attention
            the gradient of the mean is the same for every token.
        colormap (str): Of matplotlib.

    Raises:
        ValueError: If the model is not a recogniser or views are split; when
            called, if the layer does not give one token per tubelet.
    """

    def __init__(self,
                 model: nn.Module,
                 target_layer_name: Optional[str] = None,
                 colormap: str = 'viridis') -> None:
        if (getattr(model, 'test_cfg', None) or {}).get('max_testing_views'):
            raise ValueError('`max_testing_views` must not be set: Grad-CAM '
                             'needs the gradients of all views at once')
        if target_layer_name is None:
            backbone: Any = model.backbone
            last = len(backbone.blocks) - 1
            target_layer_name = f'backbone/blocks/{last}/norm1'
        self.grid = (0, 0, 0)  # of the clip that is being explained
        super().__init__(model, target_layer_name, colormap)

    def _register_hooks(self, layer_name: str) -> None:
        backbone = self.model.backbone

        def note_grid(module: nn.Module, inputs: tuple) -> None:
            frames, *size = inputs[0].shape[2:]  # (B, C, T, H, W)
            self.grid = token_grid(size, backbone.patch_size, frames,
                                   backbone.tubelet_size)

        def note_tokens(module: nn.Module, inputs: tuple,
                        tokens: Tensor) -> None:
            self.target_activations = self._lay_out(tokens.detach())
            tokens.register_hook(note_gradients)

        def note_gradients(gradients: Tensor) -> None:
            self.target_gradients = self._lay_out(gradients)

        layer = self.model.get_submodule(layer_name.replace('/', '.'))
        backbone.register_forward_pre_hook(note_grid)
        layer.register_forward_hook(note_tokens)

    def _lay_out(self, tokens: Tensor) -> Tensor:
        """(B, L, D) -> (B, D, T', H', W')."""
        number = self.grid[0] * self.grid[1] * self.grid[2]
        if tokens.ndim != 3 or tokens.shape[1] != number:
            raise ValueError(
                '`target_layer_name` must give tokens (B, L, D) on a grid of '
                f'{self.grid}, got {tuple(tokens.shape)}: name a block or a '
                'norm in it')
        return tokens.transpose(1, 2).unflatten(2, self.grid)
