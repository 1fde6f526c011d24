"""Sizes, layers and patches of the encoders of ``transformers``."""
import inspect
from typing import Any, Optional, Sequence, Tuple, Union

from torch import Tensor, nn

__all__ = [
    'LAST', 'check_clip', 'check_layers', 'cut_into_patches', 'input_size',
    'resizes_positions'
]

#: what ``transformers`` calls the end of a model
LAST = 'last_hidden_state'

# they resize their positions, or compute them, without being asked
_ANY_SIZE = ('dinov2', 'dinov2_with_registers', 'dinov3_vit',
             'siglip2_vision_model')


def check_layers(config: Any, layers: Sequence[Union[int, str]]) -> None:
    """Refuse layers that the model does not have.

    Raises:
        ValueError: If there are none, or one is out of range.
    """
    depth = config.num_hidden_layers
    if not layers:
        raise ValueError('`layers` is empty: name at least one, e.g. (-1, )')
    for layer in layers:
        if layer == LAST:
            continue
        if isinstance(layer, str) or not -depth - 1 <= layer <= depth:
            raise ValueError(
                f'`layers` holds {layer!r}: a {config.model_type} teacher of '
                f'{depth} blocks has 0 (the embedding) to {depth}, or counted '
                f'from the end -1 to {-depth - 1}, and {LAST!r}')


def native_size(config: Any) -> int:
    """Side in pixels that a model was built for.

    Raises:
        ValueError: If it is no plain vision transformer on square images.
    """
    for name in ('depths', 'hidden_sizes'):
        if hasattr(config, name):
            raise ValueError(
                f'a model of type {config.model_type!r} cannot be a teacher: '
                f'its `{name}` {getattr(config, name)} say that it has stages '
                'of several resolutions; use a plain vision transformer')
    patch: Any = getattr(config, 'patch_size', None)
    size: Any = getattr(config, 'image_size', getattr(config, 'crop_size',
                                                      None))
    if hasattr(config, 'num_patches') and size is None:
        size = int(config.num_patches**0.5) * patch
    for name, value in (('patch_size', patch), ('image_size', size),
                        ('hidden_size', getattr(config, 'hidden_size', None))):
        if not isinstance(value, int):
            raise ValueError(
                f'a model of type {config.model_type!r} cannot be a teacher: '
                f'its `{name}` is {value!r}, expected a number, as in a plain '
                'vision transformer on square images')
    return size


def input_size(config: Any, size: Optional[int]) -> int:
    """Side in pixels at which a model looks.

    Args:
        config (PretrainedConfig): Of the encoder.
        size (int, optional): Wanted; None: the one that it was built for.

    Raises:
        ValueError: If the model cannot see this size.
    """
    native, patch = native_size(config), config.patch_size
    size = size or native
    if size % patch:
        lower = size // patch * patch
        raise ValueError(
            f'`size` {size} of the {config.model_type} teacher is not a '
            f'multiple of its patch of {patch}: use {lower} or '
            f'{lower + patch}')
    if size != native and hasattr(config, 'tubelet_size'):
        raise ValueError(
            f'a {config.model_type} teacher sees {native} pixels alone, got '
            f'`size` {size}: leave it out. The clip is resized to that, and '
            "the features to the student's grid")
    return size


def resizes_positions(model: nn.Module, size: int) -> bool:
    """Whether a model is to be told that its positions must be resized.

    Raises:
        ValueError: If it must, and cannot.
    """
    config: Any = model.config
    native = native_size(config)
    if size == native or config.model_type in _ANY_SIZE:
        return False
    name = 'interpolate_pos_encoding'
    if name not in inspect.signature(model.forward).parameters:
        raise ValueError(f'a {config.model_type} teacher sees {native} pixels '
                         f'alone, got `size` {size}: leave it out')
    return True


def check_clip(config: Any, grid_size: Tuple[int, int, int],
               num_frames: int) -> None:
    """Refuse a model of videos on clips that it cannot see.

    Args:
        config (PretrainedConfig): Of the encoder.
        grid_size (tuple[int, int, int]): The student's token grid.
        num_frames (int): Frames in the student's clip.

    Raises:
        ValueError: If frames or slices of the two differ.
    """
    slices = num_frames // config.tubelet_size
    if slices != grid_size[0]:
        raise ValueError(
            f'the {config.model_type} teacher makes {slices} slices of '
            f'{num_frames} frames (tubelets of {config.tubelet_size}), the '
            f'student {grid_size[0]}: features are not resized over time. '
            'Give the student the same tubelets, or use another teacher')
    # V-JEPA 2 computes its positions and takes any number of frames
    if getattr(config, 'num_frames', num_frames) != num_frames:
        raise ValueError(
            f'the {config.model_type} teacher was built for clips of '
            f'{config.num_frames} frames, the student sees {num_frames}: '
            'sample as many, and set `grid_size` and `tubelet_size` to that')


def cut_into_patches(images: Tensor, patch_size: int) -> Tensor:
    """Cut images as SigLIP 2 takes them.

    Args:
        images (Tensor): Shape (N, 3, H, W).
        patch_size (int): Side p of a patch, in pixels.

    Returns:
        Tensor: Shape (N, H' * W', p * p * 3), colours last.
    """
    p = patch_size
    x = images.unflatten(3, (-1, p)).unflatten(2, (-1, p))
    # (N, 3, H', p, W', p) to (N, H', W', p, p, 3)
    return x.permute(0, 2, 4, 3, 5, 1).flatten(3).flatten(1, 2)
