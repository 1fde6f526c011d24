"""Any vision or video encoder of Hugging Face's ``transformers``."""
# Shapes: B clips, T frames, N images or clips that the network sees at once,
# L tokens in a clip, D width of a layer, F width of the targets.
from typing import Any, Dict, Optional, Sequence, Tuple, Union

import torch
import torch.nn.functional as F
from mmengine.logging import print_log
from torch import Tensor

from mvd_mm.registry import MODELS
from .frozen_teacher import FrozenTeacher
from .transformers_colours import teacher_colours
from .transformers_geometry import (LAST, check_clip, check_layers,
                                    cut_into_patches, input_size,
                                    resizes_positions)
from .transformers_models import (TESTED, VIDEO, build_encoder, encoder_config,
                                  load_encoder_weights)

__all__ = ['TransformersTeacher']


@MODELS.register_module()
class TransformersTeacher(FrozenTeacher):
    """Features of CLIP, SigLIP 2, DINOv2, DINOv3, ViT-MAE, VideoMAE, V-JEPA 2.

    The clip, normalised for the student, is given the teacher's own mean and
    standard deviation and resized to its size on the device. Models of images
    see one frame at a time, models of videos the whole clip. Class and
    register tokens are dropped. ViT-MAE's shuffling and masking are off. If
    the teacher's grid is finer or coarser than the student's, its features are
    resized (bilinear over height and width, with antialiasing), which the log
    says. Nothing is ever downloaded.

    Source: the models of Hugging Face's ``transformers``; features compared
    with theirs.

    Args:
        checkpoint (str, optional): Local folder as ``save_pretrained`` or
            ``hf download --local-dir`` writes it: config.json, weights, and
            the model's preprocessor_config.json if there is one.
        config (dict, optional): ``model_type`` and arguments of that model's
            configuration class, e.g. ``dict(model_type='dinov2',
            hidden_size=768)``. With it the model is built without reading a
            file; the weights' folder must agree. None: that of the folder.
        layers (Sequence[int or str]): Which of the model's ``hidden_states``
            are the targets, as ``transformers`` counts them: 0 is the
            embedding, i the output of block i, -1 that of the last block
            before the closing norm. 'last_hidden_state': what the model calls
            so, for most models after the closing norm. Several are
            concatenated along the width; ``num_targets`` of
            :class:`FeatureDistillHead` treats each by itself.
        grid_size (tuple[int, int, int]): The student's token grid (T, H, W).
        tubelet_size (int): Frames in the student's tubelet.
        size (int, optional): Side in pixels at which the teacher looks. None:
            the one that it was built for.
        frames (str): For a model of images. 'first': frame 0 of each tubelet,
            as MVD's image teacher. 'mean': every frame; the features of a
            tubelet's frames are averaged.
        view (str): Key of the inputs to look at.
        mean (Sequence[float], optional): Of the teacher, per channel, on
            colours in 0..1. None: that of the folder's preprocessor, else the
            published one of the kind of model.
        std (Sequence[float], optional): Likewise.
        student_mean (Sequence[float]): Of the data preprocessor, in 0..255.
        student_std (Sequence[float]): Likewise.
        random_init (bool): See :class:`FrozenTeacher`.

    Raises:
        RuntimeError: If ``transformers`` is missing or too old.
        FileNotFoundError: If the folder or a file in it is missing.
        ValueError: If the model is unknown, or it cannot give features on the
            student's grid.
    """

    def __init__(
        self,
        checkpoint: Optional[str] = None,
        config: Optional[dict] = None,
        layers: Sequence[Union[int, str]] = (-1, ),
        grid_size: Tuple[int, int, int] = (8, 14, 14),
        tubelet_size: int = 2,
        size: Optional[int] = None,
        frames: str = 'first',
        view: str = 'imgs',
        mean: Optional[Sequence[float]] = None,
        std: Optional[Sequence[float]] = None,
        student_mean: Sequence[float] = (123.675, 116.28, 103.53),
        student_std: Sequence[float] = (58.395, 57.12, 57.375),
        random_init: bool = False,
    ) -> None:
        super().__init__(
            dict(config=config, checkpoint=checkpoint), checkpoint,
            random_init)
        if frames not in ('first', 'mean'):
            raise ValueError("`frames` must be 'first' or 'mean', got "
                             f'{frames!r}')
        self.layers = tuple(layers)
        self.tubelet_size = tubelet_size
        self.frames = frames
        self.view = view
        slices, height, width = grid_size
        self._grid_size = (slices, height, width)
        self._sees_video = self.config.model_type in VIDEO
        check_layers(self.config, self.layers)
        self.size = input_size(self.config, size)
        self.own_grid = (self.size // self.config.patch_size, ) * 2
        self._resizes_positions = resizes_positions(self.vit, self.size)
        if self._sees_video:
            check_clip(self.config, self._grid_size, self.num_frames)
        # from what the student sees to what the teacher was trained on
        mean, std = teacher_colours(self.config, checkpoint, mean, std)
        scale = torch.tensor(student_std) / 255 / torch.tensor(std)
        shift = (torch.tensor(student_mean) / 255 - torch.tensor(mean))
        shift = shift / torch.tensor(std)
        self.register_buffer('scale', scale.view(-1, 1, 1), False)
        self.register_buffer('shift', shift.view(-1, 1, 1), False)

    def build_network(self, vit: dict) -> Any:
        """Build the encoder from a config or from a folder's."""
        self.config = encoder_config(**vit)
        return build_encoder(self.config)

    def load_weights(self, checkpoint: str) -> None:
        """Load the encoder's weights from a local folder."""
        load_encoder_weights(self.vit, self.config, checkpoint)

    def init_weights(self) -> None:
        """Load the weights, and say what is done to the features."""
        super().init_weights()
        ours = self._grid_size[1:]
        if self.own_grid != ours:
            print_log(
                f'the features of the {self.config.model_type} teacher, '
                f'{self.own_grid[0]} x {self.own_grid[1]} at {self.size} '
                f"pixels, are resized to the student's {ours[0]} x {ours[1]} "
                '(bilinear)',
                logger='current')

    @property
    def grid_size(self) -> Tuple[int, int, int]:
        """Token grid (T, H, W) of the targets."""
        return self._grid_size

    @property
    def num_frames(self) -> int:
        """Frames T in the student's clip."""
        return self._grid_size[0] * self.tubelet_size

    @property
    def out_channels(self) -> int:
        """Width F of the targets: that of all layers together."""
        return len(self.layers) * self.config.hidden_size

    def extract_targets(self, clip: Tensor) -> Tensor:
        """Targets of all tokens.

        Args:
            clip (Tensor): Shape (B, 3, T, H, W).

        Returns:
            Tensor: Shape (B, L, F).

        Raises:
            ValueError: If the clip has another number of frames.
        """
        batch, _, frames = clip.shape[:3]
        if frames != self.num_frames:
            raise ValueError(
                f'`{self.view}` has {frames} frames, but `grid_size` '
                f'{self._grid_size} and `tubelet_size` {self.tubelet_size} of '
                f'the teacher ask for {self.num_frames}')
        if not self._sees_video and self.frames == 'first':
            clip = clip[:, :, ::self.tubelet_size]
        images = clip.transpose(1, 2).flatten(0, 1)  # (B * T', 3, H, W)
        images = self._as_teacher_sees(images)
        if self._sees_video:
            images = images.unflatten(0, (batch, -1))
        maps = self._features(images)  # (N * slices, H', W', F)
        slices, *ours = self._grid_size
        if not self._sees_video and self.frames == 'mean':
            maps = maps.unflatten(0, (-1, self.tubelet_size)).mean(1)
        if self.own_grid != tuple(ours):
            maps = maps.permute(0, 3, 1, 2).float()
            maps = F.interpolate(maps, ours, mode='bilinear', antialias=True)
            maps = maps.permute(0, 2, 3, 1)
        # (B * slices, H', W', F) to (B, L, F)
        return maps.reshape(batch, -1, self.out_channels)

    def _as_teacher_sees(self, images: Tensor) -> Tensor:
        """Change colours and size, (N, 3, H, W) to (N, 3, size, size)."""
        images = images * self.scale + self.shift
        if images.shape[-2:] != (self.size, self.size):
            images = F.interpolate(
                images, (self.size, self.size),
                mode='bilinear',
                antialias=True)
        return images

    def _features(self, images: Tensor) -> Tensor:
        """Run the network, drop what is no patch.

        Args:
            images (Tensor): Shape (N, 3, H, W), or (N, T, 3, H, W) for a model
                of videos.

        Returns:
            Tensor: Shape (N * slices, H', W', F); 1 slice for images.
        """
        output = self.vit(**self._arguments(images), output_hidden_states=True)
        tokens = torch.cat([
            output.last_hidden_state
            if layer == LAST else output.hidden_states[layer]
            for layer in self.layers
        ], -1)
        patches = self._num_patches
        extra = tokens.shape[1] - patches
        registers = getattr(self.config, 'num_register_tokens', 0)
        if extra not in (0, 1, 1 + registers):
            raise ValueError(
                f'the {self.config.model_type} teacher gives '
                f'{tokens.shape[1]} tokens for {patches} patches: only class '
                f'and register tokens can be dropped. Tested are '
                f'{list(TESTED)}')
        return tokens[:, extra:].reshape(-1, *self.own_grid, tokens.shape[-1])

    @property
    def _num_patches(self) -> int:
        """Patches that the network sees at once."""
        slices = self._grid_size[0] if self._sees_video else 1
        return slices * self.own_grid[0] * self.own_grid[1]

    def _arguments(self, images: Tensor) -> Dict[str, Any]:
        """What the network's ``forward`` asks for."""
        kind = self.config.model_type
        if kind == 'vjepa2':
            return dict(pixel_values_videos=images, skip_predictor=True)
        if kind == 'siglip2_vision_model':
            patches = cut_into_patches(images, self.config.patch_size)
            side = torch.tensor(self.own_grid, device=images.device)
            return dict(
                pixel_values=patches,
                pixel_attention_mask=patches.new_ones(
                    patches.shape[:2], dtype=torch.long),
                spatial_shapes=side.expand(len(patches), 2))
        arguments: Dict[str, Any] = dict(pixel_values=images)
        if kind == 'vit_mae':  # an order that rises: nothing is shuffled
            tokens = torch.arange(
                self._num_patches, device=images.device).float()
            arguments['noise'] = tokens.expand(len(images), -1)
        if self._resizes_positions:
            arguments['interpolate_pos_encoding'] = True
        return arguments
