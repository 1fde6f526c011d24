"""Multiplications of a step, counted from the config of the model.

The count is that of the recipe, with nothing left out: what an implementation
does not compute counts as done. Shares of the peak of two implementations are
therefore comparable.
"""
from typing import Dict, Tuple

__all__ = ['pretraining_gmacs', 'recognition_gmacs']

_VIT = dict(
    img_size=224,
    patch_size=16,
    embed_dims=768,
    depth=12,
    num_frames=16,
    tubelet_size=2,
    mlp_ratio=4.)


def _blocks(tokens: float, width: int, depth: int, ratio: float) -> float:
    linear = (4 + 2 * ratio) * width**2 * tokens
    return depth * (linear + 2 * tokens**2 * width)


def _encoder(tokens: float, vit: dict) -> float:
    pixels = 3 * vit['tubelet_size'] * vit['patch_size']**2
    return tokens * pixels * vit['embed_dims'] + _blocks(
        tokens, vit['embed_dims'], vit['depth'], vit['mlp_ratio'])


def _grid(vit: dict) -> Tuple[int, int]:
    """Token slices, tokens in each."""
    size = vit['img_size']
    height, width = (size, size) if isinstance(size, int) else size
    return (vit['num_frames'] // vit['tubelet_size'],
            (height // vit['patch_size']) * (width // vit['patch_size']))


def pretraining_gmacs(cfg: dict, hidden_share: float) -> Dict[str, float]:
    """Count one clip of a step of MVD.

    Args:
        cfg (dict): Config of the model.
        hidden_share (float): Share of hidden tokens.

    Returns:
        dict: Billions of multiplications by part, backward pass included
        (twice the forward pass).
    """
    student = {**_VIT, **cfg['backbone']}
    slices, size = _grid(student)
    tokens = slices * size
    # tubes: whole places
    hidden_share = round(hidden_share * size) / size
    parts = {'student': 3 * _encoder(tokens * (1 - hidden_share), student)}
    for name, branch in cfg['branches'].items():
        teacher, decoder = branch['teacher'], branch['decoder']
        vit = {**_VIT, **teacher['vit']}
        if teacher['type'].endswith('MAEImageTeacher'):
            frames = slices * (
                vit['tubelet_size'] if teacher.get('all_frames') else 1)
            vit['tubelet_size'] = 1
            parts[f'teacher_{name}'] = frames * _encoder(
                _grid(dict(vit, num_frames=1))[1] + 1, vit)
        else:
            parts[f'teacher_{name}'] = _encoder(tokens, vit)
        width = decoder['embed_dims']
        ends = (tokens * (1 - hidden_share) * decoder['in_channels'] +
                tokens * hidden_share * decoder['out_channels']) * width
        parts[f'decoder_{name}'] = 3 * (
            ends + _blocks(tokens, width, decoder['depth'],
                           decoder.get('mlp_ratio', 4.)))
    return {name: macs / 1e9 for name, macs in parts.items()}


def recognition_gmacs(backbone: dict, training: bool) -> Dict[str, float]:
    """Count one clip (one view) of a recogniser's or detector's backbone."""
    vit = {**_VIT, **backbone}
    slices, size = _grid(vit)
    return {
        'backbone': (3 if training else 1) * _encoder(slices * size, vit) / 1e9
    }
