"""Recognition on frozen features, for probes."""
from mmaction.models import Recognizer3D

from mvd_mm.registry import MODELS

__all__ = ['FrozenRecognizer3D']


@MODELS.register_module()
class FrozenRecognizer3D(Recognizer3D):
    """MMAction2's ``Recognizer3D`` whose backbone never learns.

    No parameter of the backbone requires a gradient, so no gradient is
    computed and the optimiser keeps no state for it. The backbone stays in
    eval mode (no dropout, no stochastic depth) after ``train()`` as well.
    Checkpoints have the keys of ``Recognizer3D``.

    Args:
        **kwargs: Arguments of ``mmaction.Recognizer3D``.
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self.backbone.requires_grad_(False)
        self.backbone.eval()

    def train(self, mode: bool = True) -> 'FrozenRecognizer3D':
        """Switch all but the backbone."""
        super().train(mode)
        self.backbone.eval()
        return self
