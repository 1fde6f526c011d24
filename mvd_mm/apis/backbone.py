"""A backbone with its weights, for use from Python."""
from pathlib import Path
from typing import Any, Dict, Optional, Tuple, Union

from mmengine.config import Config
from torch import nn

from mvd_mm.checkpoints import (load_encoder, name_weights, naming_file,
                                read_content, unwrap)
from mvd_mm.checkpoints.kinds import table_for
from mvd_mm.conversion import describe
from mvd_mm.models import MVDVisionTransformer
from mvd_mm.utils.config_text import read_literal

__all__ = ['load_backbone']

#: width -> heads, of every published network and of ViT-Ti
_HEADS = {192: 3, 384: 6, 768: 12, 1024: 16, 1280: 16}


def load_backbone(source: Union[str, Path],
                  checkpoint: Optional[str] = None,
                  *,
                  img_size: Union[int, Tuple[int, int], None] = None,
                  num_frames: Optional[int] = None,
                  num_heads: Optional[int] = None,
                  pos_embed_type: Optional[str] = None,
                  device: str = 'cpu') -> MVDVisionTransformer:
    """Build a backbone and load its weights, or raise an error.

    Weights are never left random. The architecture is read from the shapes of
    the weights, or from the config that a run keeps in its checkpoints.

    Args:
        source (str): A file of weights (``.pth``, ``.pt``, ``.safetensors``)
            of MVD, VideoMAE, MAE, MMAction2, Hugging Face or this package,
            pre-trained or fine-tuned; or a config (``.py``).
        checkpoint (str, optional): Weights for a config; otherwise those that
            the config names.
        img_size (int or tuple[int, int], optional): Height and width in
            pixels, where they differ from the file's (224 if it does not
            say).
        num_frames (int, optional): Frames of a clip, likewise (16).
        num_heads (int, optional): Needed for a width that is not published.
        pos_embed_type (str, optional): For fine-tuned files of VideoMAE, which
            cannot be told from MVD's: 'sinusoid_1d'.
        device (str): Where the backbone is going to compute.

    Returns:
        MVDVisionTransformer: In eval mode.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a config names no weights, or weights do not fit.
        TypeError: If the config's backbone is of another class.
    """
    source = str(source)
    if source.endswith('.py'):
        options, path = _from_config(source, checkpoint)
        closed = True
    elif checkpoint is not None:
        raise ValueError(f'`source` {source!r} is a file of weights: a '
                         '`checkpoint` can be given only with a config (.py)')
    else:
        path = source
        options, closed = _from_weights(path, num_heads)
    for name, value in (('img_size', img_size), ('num_frames', num_frames),
                        ('num_heads', num_heads), ('pos_embed_type',
                                                   pos_embed_type)):
        if value is not None:
            options[name] = value
    # never drawn: everything is loaded, or an error
    vit = MVDVisionTransformer(**dict(options, init_cfg=None))
    load_encoder(vit, path, allow_missing=() if closed else ('norm.', ))
    if not closed:
        vit.norm = nn.Identity()  # the file ends with the last block
    return vit.to(device).eval()


def _arguments(backbone: Any, place: str) -> Dict[str, Any]:
    """Arguments of the class, out of a config."""
    if not isinstance(backbone, dict) or str(backbone.get(
            'type', '')).split('.')[-1] != MVDVisionTransformer.__name__:
        found = backbone.get('type') if isinstance(backbone, dict) else None
        raise TypeError(
            f'`model.backbone.type` of {place} is {found!r}: only '
            'mvd_mm.MVDVisionTransformer can be loaded here; build other '
            "models with MMAction2's `init_recognizer`")
    return {
        key: value
        for key, value in backbone.items()
        if key not in ('type', 'init_cfg', '_scope_')
    }


def _from_config(config: str,
                 checkpoint: Optional[str]) -> Tuple[Dict[str, Any], str]:
    if not Path(config).is_file():
        raise FileNotFoundError(f'`source` does not exist: {config!r}')
    cfg = Config.fromfile(config)
    backbone: Any = (cfg.get('model') or {}).get('backbone')
    options = _arguments(backbone, config)
    entries = backbone.get('init_cfg') or []
    named = [
        entry.get('checkpoint')
        for entry in ([entries] if isinstance(entries, dict) else entries)
        if entry.get('type') == 'Pretrained'
    ]
    path = checkpoint or cfg.get('load_from') or (named or [None])[-1]
    if path is None:
        raise ValueError(
            f'`source` {config!r} names no weights, so the backbone would be '
            'random: give `checkpoint=FILE`')
    return options, str(path)


def _from_weights(path: str,
                  num_heads: Optional[int]) -> Tuple[Dict[str, Any], bool]:
    """Arguments of the class, and whether the file has a closing norm."""
    content = read_content(path)
    with naming_file(path):
        weights, kind, _ = name_weights(unwrap(content, path))
        found = describe(weights)
        meta = content.get('meta')
        closed = found.closing != 'none'
        config = meta.get('cfg') if isinstance(meta, dict) else None
        if kind == 'ours' and isinstance(config, str):
            model = read_literal(config, 'model')
            backbone = model.get('backbone') if isinstance(model,
                                                           dict) else None
            return _arguments(backbone, f'the config in {path}'), closed
        heads = num_heads or _HEADS.get(found.embed_dims)
        if heads is None:
            raise ValueError(
                f'the network is {found.embed_dims} wide, which no published '
                'one is, and weights do not tell their number of heads: give '
                '`num_heads`')
        options = dict(
            patch_size=found.patch_size,
            embed_dims=found.embed_dims,
            depth=found.depth,
            num_heads=heads,
            # a hair more: the width of the MLP is rounded down
            mlp_ratio=found.mlp_ratio * (1 + 1e-9),
            qkv_bias=found.qkv_bias,
            init_values=float(found.layer_scale),
            tubelet_size=found.tubelet_size,
            num_frames=1 if found.tubelet_size == 1 else 16,
            use_mean_pooling='fc_norm' in found.closing,
            with_cls_token='backbone.cls_token' in weights)
        table: Optional[str] = found.table
        if table in ('none', 'unknown'):
            table = table_for(kind, meta)
        if table not in (None, 'unknown'):
            options['pos_embed_type'] = table
        return options, closed
