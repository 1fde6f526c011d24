"""Networks whose tokens are extracted: student, teacher, fine-tuned."""
# Shapes: B clips, T frames, D width; T', H', W' is the token grid.
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Dict, Iterator, List, Optional, Tuple, Union

import torch
from mmengine.registry import MODELS
from torch import Tensor, nn

from mvd_mm.models import MVDVisionTransformer
from mvd_mm.models.teachers import FrozenTeacher
from .backbone import load_backbone
from .clips import size_of
from .config_variables import merged_config

__all__ = ['FeatureNetwork', 'load_feature_network']


class FeatureNetwork:
    """Tokens of clips on their grid, or their means.

    Args:
        network (nn.Module): A backbone, or a teacher of MVD.
        layer (int, optional): Tokens after this block, counted from 1, or
            from the end with -1; before any closing norm. None: what the
            network gives, with the closing norm of its weights.
        pool (str): 'clip': the mean of all tokens, (D, ). 'slices': the mean
            of each time slice, (T', D). 'none': every token,
            (T', H', W', D).

    Raises:
        ValueError: If there is no such layer or way of pooling.
    """

    def __init__(self,
                 network: nn.Module,
                 layer: Optional[int] = None,
                 pool: str = 'clip') -> None:
        if pool not in ('clip', 'slices', 'none'):
            raise ValueError("`pool` must be 'clip', 'slices' or 'none', got "
                             f'{pool!r}')
        self.network, self.layer, self.pool = network, layer, pool
        self.teacher = isinstance(network, FrozenTeacher)
        self.vit: MVDVisionTransformer = (
            network.vit if self.teacher else network)  # type: ignore
        depth = len(self.vit.blocks)
        if layer is not None:
            if not (1 <= layer <= depth or -depth <= layer <= -1):
                raise ValueError(f'`layer` must be in 1..{depth} or in '
                                 f'-{depth}..-1, got {layer}')
            self.layer = layer if layer > 0 else depth + 1 + layer
            # the blocks behind it need not be computed
            del self.vit.blocks[self.layer:]

    @property
    def clip_size(self) -> Tuple[int, int]:
        """Frames and side, in pixels, of the clips that it was built for."""
        frames, side = size_of(self.vit)
        if self.teacher:
            grid: Any = self.network.grid_size
            frames = grid[0] * getattr(self.network, 'tubelet_size',
                                       self.vit.tubelet_size)
        return (16 if frames == 1 else frames), side

    @torch.no_grad()
    def __call__(self, clips: Tensor) -> Tensor:
        """Compute features.

        Args:
            clips (Tensor): Normalised, shape (B, 3, T, H, W).

        Returns:
            Tensor: float32, shape (B, ...), see ``pool``. A network of single
            frames (MAE) sees each frame by itself: T' is T.
        """
        grid = self._grid_of(clips)
        if self.teacher:
            tokens = self.network(clips)
        else:
            tokens = self._encode(clips)
        tokens = tokens.float().reshape(len(clips), *grid, -1)
        if self.pool == 'none':
            return tokens
        if self.pool == 'slices':
            return tokens.mean((2, 3))
        pooled = tokens.mean((1, 2, 3))
        if self.layer is None and not self.teacher:
            closing: nn.Module = self.vit.fc_norm or nn.Identity()
            pooled = closing(pooled)
        return pooled

    def _encode(self, clips: Tensor) -> Tensor:
        vit = self.vit
        count, single = len(clips), vit.tubelet_size == 1
        if single:  # (B, 3, T, H, W) -> (B * T, 3, 1, H, W)
            clips = clips.transpose(1, 2).flatten(0, 1).unsqueeze(2)
        tokens = vit.encode(clips)
        if self.layer is None:
            tokens = vit.norm(tokens)
        if vit.cls_token is not None:
            tokens = tokens[:, 1:]
        return tokens.reshape(count, -1, tokens.shape[-1])

    def _grid_of(self, clips: Tensor) -> Tuple[int, int, int]:
        if self.teacher:
            grid: Any = self.network.grid_size
            return grid
        frames, height, width = clips.shape[2:]
        vit = self.vit
        return (frames // vit.tubelet_size, height // vit.patch_size,
                width // vit.patch_size)


def load_feature_network(source: Union[str, Path],
                         checkpoint: Optional[str] = None,
                         teacher: Optional[str] = None,
                         layer: Optional[int] = None,
                         pool: str = 'clip',
                         device: str = 'cpu',
                         cfg_options: Optional[dict] = None,
                         **sizes: Optional[int]) -> FeatureNetwork:
    """Build a network with its weights for features.

    Args:
        source (str or Path): A file of weights, or a config; see
            :func:`.load_backbone`.
        checkpoint (str, optional): Weights for a config.
        teacher (str, optional): Of an MVD config: the features of this
            branch's teacher, as the student learns them. Its weights are
            those that the config names, or ``checkpoint``.
        layer (int, optional): See :class:`FeatureNetwork`.
        pool (str): See :class:`FeatureNetwork`.
        device (str): E.g. ``'cpu'`` or ``'cuda:0'``.
        cfg_options (dict, optional): What to change in the config; variables
            as in training.
        **sizes: ``img_size`` and ``num_frames`` of :func:`.load_backbone`.

    Raises:
        FileNotFoundError: If there is no such file.
        KeyError: If the config has no such teacher.
        ValueError: If weights are missing or do not fit.
    """
    given = {key: value for key, value in sizes.items() if value is not None}
    if cfg_options and not str(source).endswith('.py'):
        raise ValueError('`cfg_options` change a config, but `source` '
                         f'{source} is a file of weights')
    if teacher is None:
        with _changed(str(source), cfg_options) as path:
            network: nn.Module = load_backbone(
                path, checkpoint, device=device,
                **given)  # type: ignore[arg-type]
        return FeatureNetwork(network, layer, pool)
    if given:
        raise ValueError(f'`teacher` sees what its config says: {given} '
                         'cannot be changed')
    branches: Dict[str, dict] = {}
    if str(source).endswith('.py'):
        if not Path(source).is_file():
            raise FileNotFoundError(f'`source` does not exist: {source!r}')
        cfg = merged_config(source, cfg_options)
        branches = (cfg.get('model') or {}).get('branches') or {}
    if teacher not in branches:
        names: List[str] = sorted(branches)
        raise KeyError(f'`teacher` {teacher!r}: {source} has ' +
                       (f'the teachers {names}' if names else
                        'no teachers, which only a config of MVD has'))
    options = dict(branches[teacher]['teacher'])
    if checkpoint is not None:
        options['checkpoint'] = checkpoint
    network = MODELS.build(options)
    assert isinstance(network, FrozenTeacher)
    network.init_weights()
    return FeatureNetwork(network.to(device), layer, pool)


@contextmanager
def _changed(source: str, cfg_options: Optional[dict]) -> Iterator[str]:
    """The source itself, or a config with the changes."""
    if not cfg_options or not Path(source).is_file():
        yield source
        return
    with TemporaryDirectory() as folder:
        path = Path(folder, Path(source).name)
        merged_config(source, cfg_options).dump(str(path))
        yield str(path)
