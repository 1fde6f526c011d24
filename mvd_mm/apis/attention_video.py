"""What a network attends to in a clip, as a film."""
from pathlib import Path
from typing import Any, Optional

import torch.nn.functional as F
from torch import Tensor, nn

from mvd_mm.datasets.video_files import probe
from mvd_mm.visualization.attention_maps import attention_maps
from mvd_mm.visualization.heat_video import lay_over, save_frames
from mvd_mm.visualization.token_grad_cam import TokenGradCAM
from .backbone import load_backbone
from .clips import denormalise, read_clip, size_of
from .config_variables import merged_config
from .recognizer import find_class_names, load_recognizer

__all__ = ['draw_attention']

_MEANINGS = {
    'last': 'attention received, last block',
    'rollout': 'attention rollout, all blocks',
    'gradcam': 'Grad-CAM of the class',
}


def draw_attention(network: str,
                   video: Path,
                   out: Path,
                   checkpoint: Optional[str] = None,
                   method: str = 'last',
                   label: Optional[int] = None,
                   frame_interval: int = 4,
                   cfg_options: Optional[dict] = None) -> str:
    """Lay the attention of a network over the middle clip of a video.

    Args:
        network (str): File of weights or config; see :func:`.load_backbone`.
            Grad-CAM needs a config of fine-tuning.
        video (Path): Video file.
        out (Path): File to write: .mp4, .gif or .png.
        checkpoint (str, optional): Weights for a config.
        method (str): 'last', 'rollout' (see :func:`.attention_maps`) or
            'gradcam'.
        label (int, optional): Class that Grad-CAM explains; the best one by
            default.
        frame_interval (int): Every how-manieth frame is taken.
        cfg_options (dict, optional): What to change in the config of
            Grad-CAM.

    Returns:
        str: What the colours mean.

    Raises:
        FileNotFoundError: If a file does not exist.
        TypeError: If the network is of another class.
        ValueError: If an argument is out of range.
    """
    if method not in _MEANINGS:
        raise ValueError(f'`method` must be one of {list(_MEANINGS)}, got '
                         f'{method!r}')
    if out.suffix.lower() not in ('.mp4', '.gif', '.png'):
        raise ValueError(f'`out` must end in .mp4, .gif or .png, got {out}')
    if out.resolve() == video.resolve():
        raise ValueError(f'`out` {out} is the video itself')
    meaning = _MEANINGS[method]
    if method == 'gradcam':
        if not network.endswith('.py') or checkpoint is None:
            raise ValueError("`method` 'gradcam' explains a class: give the "
                             'config of fine-tuning and its `checkpoint`')
        if not Path(network).is_file():
            raise FileNotFoundError(f'`network`: there is no file {network}')
        cfg = merged_config(network, cfg_options)
        model: Any = load_recognizer(cfg, checkpoint)
        clip = _read(model.backbone, video, frame_interval)
        heat, chosen = _grad_cam(model, clip, label)
        names = find_class_names(cfg, checkpoint, model.cls_head.num_classes)
        meaning = f'Grad-CAM of "{names[chosen]}"'
    else:
        if label is not None:
            raise ValueError("`label` is for `method='gradcam'`")
        backbone = load_backbone(network, checkpoint)
        if backbone.tubelet_size == 1:
            raise ValueError(f'{network} is a network of single frames, which '
                             'attends within a frame only')
        clip = _read(backbone, video, frame_interval)
        heat = attention_maps(backbone, clip, method)[0]
    frames = denormalise(clip)[0].permute(1, 2, 3, 0).numpy()  # (T, H, W, 3)
    title = f'{video.name}: its middle clip, as the network is given it'
    rate, _, _ = probe(video)
    save_frames(
        lay_over(frames, heat.numpy(), title, meaning), out,
        max(rate / frame_interval, 1.))
    return meaning


def _read(backbone: nn.Module, video: Path, interval: int) -> Tensor:
    frames, side = size_of(backbone)  # type: ignore[arg-type]
    return read_clip(video, frames, interval, side)


def _grad_cam(model: Any, clip: Tensor, label: Optional[int]) -> Any:
    """Map (T', H', W') and the class that it explains."""
    cam = TokenGradCAM(model)
    scores = model.cls_head(model.backbone(clip))
    number = scores.shape[1]
    if label is not None and not 0 <= label < number:
        raise ValueError(f'`label` must be in 0..{number - 1}, got {label}')
    chosen = int(scores.argmax()) if label is None else label
    model.zero_grad()
    scores[0, chosen].backward()
    acts, grads = cam.target_activations, cam.target_gradients
    # (1, D, T', H', W'): the mean gradient of a channel is its weight
    weights = grads.mean((2, 3, 4), keepdim=True)
    heat = F.relu((weights * acts).sum(1))[0]
    return heat.detach(), chosen
