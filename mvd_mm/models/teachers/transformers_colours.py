"""Mean and standard deviation of the encoders of ``transformers``."""
import json
from pathlib import Path
from typing import Any, Optional, Sequence, Tuple

__all__ = ['teacher_colours']

Colours = Tuple[Sequence[float], Sequence[float]]

# mean and std of each model's own image processor, on colours in 0..1
_IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_HALF = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)
_COLOURS = dict(
    clip_vision_model=((0.48145466, 0.4578275, 0.40821073),
                       (0.26862954, 0.26130258, 0.27577711)),
    siglip_vision_model=_HALF,
    siglip2_vision_model=_HALF,
    dinov2=_IMAGENET,
    dinov2_with_registers=_IMAGENET,
    dinov3_vit=_IMAGENET,
    vit_mae=_IMAGENET,
    videomae=_IMAGENET,
    vjepa2=_IMAGENET)


def teacher_colours(config: Any,
                    checkpoint: Optional[str] = None,
                    mean: Optional[Sequence[float]] = None,
                    std: Optional[Sequence[float]] = None) -> Colours:
    """Mean and standard deviation that the model was trained with.

    Args:
        config (PretrainedConfig): Of the encoder.
        checkpoint (str, optional): Folder; its preprocessor_config.json or
            video_preprocessor_config.json goes before what is published.
        mean (Sequence[float], optional): Goes before both.
        std (Sequence[float], optional): Likewise.

    Returns:
        tuple: Mean and standard deviation per channel, on colours in 0..1.

    Raises:
        ValueError: If they are not known.
    """
    found = _COLOURS.get(config.model_type, (None, None))
    for name in ('preprocessor_config.json', 'video_preprocessor_config.json'):
        path = Path(checkpoint or '') / name
        if checkpoint and path.is_file():
            values = json.loads(path.read_text(encoding='utf-8'))
            if 'image_mean' in values and 'image_std' in values:
                found = values['image_mean'], values['image_std']
    mean, std = mean or found[0], std or found[1]
    if mean is None or std is None:
        raise ValueError(
            'the mean and standard deviation of a teacher of type '
            f'{config.model_type!r} are not known: put its '
            'preprocessor_config.json into the folder, or set `mean` and '
            '`std` on colours in 0..1')
    return mean, std
