"""The names that each kind of file gives to the weights.

``NAMES`` has one line per family of keys: its name in the file and in the
whole model of this package, whose encoder is what begins with ``backbone.``.
``RULES`` leads there and ``INVERSE`` back. Only what the rules in capitals
match is dropped, with their reason; a key without a line is an error.
"""
import re
from typing import Dict, List, Tuple

from torch import Tensor

from .kinds import AMD_PROJECTIONS, detect_kind
from .rules import Rule, rename, two_way
from .values import to_ours

__all__ = ['INVERSE', 'NAMES', 'PARTS', 'RULES', 'name_weights']

Pairs = List[Tuple[str, str]]  # name in the file, name here

#: part on top of the encoder -> why an encoder is loaded without it
PARTS: Dict[str, str] = {
    'branches': 'decoders of the distillation',
    'decoder': 'pixel decoder',
    'projections': 'projections of the alignment with a teacher',
    'generators': "generators of a teacher's features",
    'cls_head': 'classification head',
}
DROPPED = Rule(r'data_preprocessor\..*', None,
               'mean and deviation of pixels, which a config names')
RANDOM_TEACHER = Rule(r'(branches\.[^.]+\.)?teacher\..*', None,
                      'random teacher, which its own training alone needs')
NOT_IN_MMACTION = Rule(
    r'(branches|decoder|projections|generators|neck|head)\..*', None,
    'MMAction2 has no decoders of pre-training')

# AMD's alignment: its files name the projections; whatever else is not of
# VideoMAE in them and ends as a weight of a block or norm does, is a
# generator's. Their mask tokens are in no file, so it cannot be trained on.
_ALIGNMENT = 'alignment with the teacher, which pre-training alone needs'
_VIDEOMAE_PART = r'(?!(encoder|decoder|encoder_to_decoder|mask_token)\b)'
AMD_ALIGNMENT = [
    Rule(re.escape(AMD_PROJECTIONS) + r'\d+\.weight', None, _ALIGNMENT),
    Rule(
        _VIDEOMAE_PART + r'\w+\.(\w+\.)*'
        r'(\d+\.(norm[12]|attn|mlp)\.[\w.]+|norm\.(weight|bias))', None,
        _ALIGNMENT)
]
NOT_IN_VIDEOMAE = Rule(r'(projections|generators)\..*', None,
                       'VideoMAE has no alignment with a teacher')

_BLOCKS: Pairs = [
    ('blocks.{n}.{norm}.{p}', 'blocks.{n}.{norm}.{p}'),
    ('blocks.{n}.attn.{qv}', 'blocks.{n}.attn.{qv}'),
    ('blocks.{n}.attn.qkv.{p}', 'blocks.{n}.attn.qkv.{p}'),
    ('blocks.{n}.attn.proj.{p}', 'blocks.{n}.attn.proj.{p}'),
    ('blocks.{n}.{gamma}', 'blocks.{n}.{gamma}'),
    ('blocks.{n}.mlp.fc1.{p}', 'blocks.{n}.mlp.layers.0.0.{p}'),
    ('blocks.{n}.mlp.fc2.{p}', 'blocks.{n}.mlp.layers.1.{p}'),
]
# Hugging Face; query, key and value are one matrix here (values.py)
_HF_BLOCKS: Pairs = [
    ('{n}.attention.attention.{qv}', 'blocks.{n}.attn.{qv}'),
    ('{n}.attention.attention.qkv.{p}', 'blocks.{n}.attn.qkv.{p}'),
    ('{n}.attention.output.dense.{p}', 'blocks.{n}.attn.proj.{p}'),
    ('{n}.intermediate.dense.{p}', 'blocks.{n}.mlp.layers.0.0.{p}'),
    ('{n}.output.dense.{p}', 'blocks.{n}.mlp.layers.1.{p}'),
    ('{n}.layernorm_before.{p}', 'blocks.{n}.norm1.{p}'),
    ('{n}.layernorm_after.{p}', 'blocks.{n}.norm2.{p}'),
]


def _below(pairs: Pairs, source: str, target: str) -> Pairs:
    return [(source + a, target + b) for a, b in pairs]


def _encoder(source: str) -> Pairs:
    return _below(
        [('patch_embed.proj.{p}', 'patch_embed.projection.{p}'), *_BLOCKS,
         ('norm.{p}', 'norm.{p}'), ('fc_norm.{p}', 'fc_norm.{p}'),
         ('cls_token', 'cls_token'),
         ('pos_embed', 'pos_embed')], source, 'backbone.')


def _branch(end: str, name: str) -> Pairs:
    """One of MVD's two decoders."""
    return _below([(f'mask_token_{end}', 'mask_token'),
                   (f'pos_embed_{end}', 'pos_embed'),
                   (f'down_{end}.{{p}}', 'proj_in.{p}'),
                   *_below(_BLOCKS, f'decoder_{end}.', ''),
                   (f'decoder_{end}.norm.{{p}}', 'norm.{p}'),
                   (f'decoder_{end}.head.{{p}}', 'proj_out.{p}')], '',
                  f'branches.{name}.decoder.')


_VIDEOMAE_DECODER: Pairs = [
    ('mask_token', 'decoder.mask_token'),
    ('encoder_to_decoder.{p}', 'decoder.proj_in.{p}'),
    ('decoder.norm.{p}', 'decoder.norm.{p}'),
    ('decoder.head.{p}', 'decoder.proj_out.{p}'),
]
_WHOLE = ('backbone', *PARTS, 'neck', 'head', 'roi_head')
_BACKBONE = ('patch_embed.{any}', 'blocks.{any}', 'norm.{any}',
             'fc_norm.{any}', 'cls_token', 'pos_embed')
_OURS: Pairs = [(f'{part}.{{any}}', f'{part}.{{any}}') for part in _WHOLE]
_OURS += [(name, f'backbone.{name}') for name in _BACKBONE]
#: kind of file -> names in the file and in the whole model
NAMES: Dict[str, Pairs] = {
    'ours': [*_OURS],
    'mmaction': [*_OURS],  # differs by the values of its position table
    'mvd_pretrain':
    [*_encoder(''), *_branch('img', 'image'), *_branch('vid', 'video')],
    'vit_finetune': [*_encoder(''), ('head.{p}', 'cls_head.fc_cls.{p}')],
    'videomae_pretrain': [
        *_encoder('encoder.'),
        *_VIDEOMAE_DECODER,
        *_below(_BLOCKS, 'decoder.', 'decoder.'),
    ],
    'amd_pretrain': [
        *_encoder('encoder.'),
        *_VIDEOMAE_DECODER,
        *_below(_BLOCKS, 'decoder.', 'decoder.'),
    ],
    'mae': [
        *_encoder(''),
        ('decoder_embed.{p}', 'decoder.proj_in.{p}'),
        ('mask_token', 'decoder.mask_token'),
        ('decoder_pos_embed', 'decoder.pos_embed'),
        *_below(_BLOCKS, 'decoder_', 'decoder.'),
        ('decoder_norm.{p}', 'decoder.norm.{p}'),
        ('decoder_pred.{p}', 'decoder.proj_out.{p}'),
    ],
    'huggingface': [
        ('videomae.embeddings.patch_embeddings.projection.{p}',
         'backbone.patch_embed.projection.{p}'),
        *_below(_HF_BLOCKS, 'videomae.encoder.layer.', 'backbone.'),
        ('videomae.layernorm.{p}', 'backbone.norm.{p}'),
        ('fc_norm.{p}', 'backbone.fc_norm.{p}'),
        ('classifier.{p}', 'cls_head.fc_cls.{p}'),
        ('videomae.embeddings.position_embeddings', 'backbone.pos_embed'),
        *_VIDEOMAE_DECODER,
        *_below(_HF_BLOCKS, 'decoder.decoder_layers.', 'decoder.'),
    ],
}

#: kind of file -> rules to the whole model of this package
RULES: Dict[str, List[Rule]] = {}
#: kind of file -> rules from the whole model of this package
INVERSE: Dict[str, List[Rule]] = {}
for _kind, _pairs in NAMES.items():
    _there, _back = two_way(_pairs)
    RULES[_kind] = [DROPPED, RANDOM_TEACHER, *_there]
    INVERSE[_kind] = [DROPPED, RANDOM_TEACHER, *_back]
INVERSE['mmaction'].insert(0, NOT_IN_MMACTION)
RULES['amd_pretrain'] = AMD_ALIGNMENT + RULES['amd_pretrain']
for _kind in ('videomae_pretrain', 'huggingface'):
    INVERSE[_kind].insert(0, NOT_IN_VIDEOMAE)


def name_weights(
    state_dict: Dict[str, Tensor]
) -> Tuple[Dict[str, Tensor], str, Dict[str, List[str]]]:
    """Bring a file of any kind under this package's names.

    Args:
        state_dict (dict): Weights by their published names.

    Returns:
        tuple: Weights of the whole model, kind of the file, and what was
        dropped, by reason.

    Raises:
        ValueError: If the kind of file is not known.
        KeyError: If a key is not accounted for.
    """
    kind = detect_kind(state_dict)
    weights, dropped = rename(to_ours(state_dict, kind), RULES[kind])
    return weights, kind, dropped
