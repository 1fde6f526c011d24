"""The names that each kind of file gives to the weights.

``RULES[kind]`` leads to the names of ``MVDVisionTransformer`` alone,
``RULES[f'{kind}_whole']`` to those of the whole model of this package, and
``INVERSE[kind]`` from the whole model back. One line per family of keys serves
both directions; what a naming has no place for is dropped with a reason.
"""
from typing import Dict, List, Tuple

from torch import Tensor

from .kinds import detect_kind
from .rules import Rule, rename, two_way
from .values import to_ours

__all__ = ['RULES', 'INVERSE', 'name_weights']

Pairs = List[Tuple[str, str]]

_BLOCKS: Pairs = [
    ('blocks.{n}.{norm}.{p}', 'blocks.{n}.{norm}.{p}'),
    ('blocks.{n}.attn.{qv}', 'blocks.{n}.attn.{qv}'),
    ('blocks.{n}.attn.qkv.{p}', 'blocks.{n}.attn.qkv.{p}'),
    ('blocks.{n}.attn.proj.{p}', 'blocks.{n}.attn.proj.{p}'),
    ('blocks.{n}.{gamma}', 'blocks.{n}.{gamma}'),
    ('blocks.{n}.mlp.fc1.{p}', 'blocks.{n}.mlp.layers.0.0.{p}'),
    ('blocks.{n}.mlp.fc2.{p}', 'blocks.{n}.mlp.layers.1.{p}'),
]
_ENCODER: Pairs = [
    ('patch_embed.proj.{p}', 'patch_embed.projection.{p}'),
    *_BLOCKS,
    ('norm.{p}', 'norm.{p}'),
    ('fc_norm.{p}', 'fc_norm.{p}'),
    ('cls_token', 'cls_token'),
    ('pos_embed', 'pos_embed'),
]
# Hugging Face; query, key and value are one matrix here (values.py)
_HF_BLOCK: Pairs = [
    ('{n}.attention.attention.{qv}', '{n}.attn.{qv}'),
    ('{n}.attention.attention.qkv.{p}', '{n}.attn.qkv.{p}'),
    ('{n}.attention.output.dense.{p}', '{n}.attn.proj.{p}'),
    ('{n}.intermediate.dense.{p}', '{n}.mlp.layers.0.0.{p}'),
    ('{n}.output.dense.{p}', '{n}.mlp.layers.1.{p}'),
    ('{n}.layernorm_before.{p}', '{n}.norm1.{p}'),
    ('{n}.layernorm_after.{p}', '{n}.norm2.{p}'),
]


def _below(pairs: Pairs, source: str, target: str) -> Pairs:
    return [(source + a, target + b) for a, b in pairs]


def _branch(suffix: str, name: str) -> Pairs:
    """One of MVD's two decoders."""
    target = f'branches.{name}.decoder.'
    return [
        (f'mask_token_{suffix}', f'{target}mask_token'),
        (f'pos_embed_{suffix}', f'{target}pos_embed'),
        (f'down_{suffix}.{{p}}', f'{target}proj_in.{{p}}'),
        *_below(_BLOCKS, f'decoder_{suffix}.', target),
        (f'decoder_{suffix}.norm.{{p}}', f'{target}norm.{{p}}'),
        (f'decoder_{suffix}.head.{{p}}', f'{target}proj_out.{{p}}'),
    ]


_HEAD: Pairs = [('head.{p}', 'cls_head.fc_cls.{p}')]
#: kind of file -> names in the file and in the whole model
_PAIRS: Dict[str, Pairs] = {
    'mvd_pretrain':
    _branch('img', 'image') + _branch('vid', 'video') +
    _below(_ENCODER, '', 'backbone.'),
    'vit_finetune':
    _HEAD + _below(_ENCODER, '', 'backbone.'),
    'videomae_pretrain': [
        *_below(_ENCODER, 'encoder.', 'backbone.'),
        ('mask_token', 'decoder.mask_token'),
        ('encoder_to_decoder.{p}', 'decoder.proj_in.{p}'),
        *_below(_BLOCKS, 'decoder.', 'decoder.'),
        ('decoder.norm.{p}', 'decoder.norm.{p}'),
        ('decoder.head.{p}', 'decoder.proj_out.{p}'),
    ],
    'mae': [
        ('decoder_embed.{p}', 'decoder.proj_in.{p}'),
        ('mask_token', 'decoder.mask_token'),
        ('decoder_pos_embed', 'decoder.pos_embed'),
        *_below(_BLOCKS, 'decoder_', 'decoder.'),
        ('decoder_norm.{p}', 'decoder.norm.{p}'),
        ('decoder_pred.{p}', 'decoder.proj_out.{p}'),
        *_below(_ENCODER, '', 'backbone.'),
    ],
    'huggingface': [
        ('videomae.embeddings.patch_embeddings.projection.{p}',
         'backbone.patch_embed.projection.{p}'),
        *_below(_HF_BLOCK, 'videomae.encoder.layer.', 'backbone.blocks.'),
        ('videomae.layernorm.{p}', 'backbone.norm.{p}'),
        ('fc_norm.{p}', 'backbone.fc_norm.{p}'),
        ('classifier.{p}', 'cls_head.fc_cls.{p}'),
        ('videomae.embeddings.position_embeddings', 'backbone.pos_embed'),
        ('mask_token', 'decoder.mask_token'),
        ('encoder_to_decoder.{p}', 'decoder.proj_in.{p}'),
        *_below(_HF_BLOCK, 'decoder.decoder_layers.', 'decoder.blocks.'),
        ('decoder.norm.{p}', 'decoder.norm.{p}'),
        ('decoder.head.{p}', 'decoder.proj_out.{p}'),
    ],
}
_DROPPED: Dict[str, List[Rule]] = {
    'mae': [
        Rule(r'decoder.*|mask_token', None, 'pixel decoder'),
    ],
    'videomae_pretrain': [
        Rule(r'(encoder_to_)?decoder.*|mask_token', None, 'pixel decoder'),
    ],
    'huggingface': [
        Rule(r'(encoder_to_)?decoder.*|mask_token', None, 'pixel decoder'),
        Rule(r'classifier\..*', None, 'classification head'),
    ],
    'vit_finetune': [Rule(r'head\..*', None, 'classification head')],
    'mvd_pretrain': [
        Rule(r'(decoder|down|mask_token|pos_embed)_(img|vid).*', None,
             'decoders of the distillation'),
    ],
}
_PREPROCESSOR = Rule(r'data_preprocessor\..*', None,
                     'mean and deviation of pixels, which a config names')
_PARTS = Rule(
    r'((?:backbone|branches|decoder|neck|head|cls_head|roi_head)'
    r'\..*)', r'\1')
_BARE = Rule(r'((?:patch_embed|blocks|norm|fc_norm)\..*|cls_token|pos_embed)',
             r'backbone.\1')


def _encoder_rules(pairs: Pairs) -> List[Rule]:
    encoder = [(a, b[len('backbone.'):]) for a, b in pairs
               if b.startswith('backbone.')]
    return two_way(encoder)[0]


#: kind of file, with ``_whole`` or without -> rules
RULES: Dict[str, List[Rule]] = {}
#: kind of file -> rules from the whole model of this package
INVERSE: Dict[str, List[Rule]] = {}
for _kind, _pairs in _PAIRS.items():
    RULES[_kind] = _DROPPED[_kind] + _encoder_rules(_pairs)
    RULES[f'{_kind}_whole'], _back = two_way(_pairs)
    INVERSE[_kind] = [_PREPROCESSOR, *_back]
# one naming: a file of MMAction2 differs by the values of its position table
for _kind in ('ours', 'mmaction'):
    RULES[_kind] = [
        Rule(r'backbone\.(.*)', r'\1'),
        Rule(_BARE.pattern, r'\1'),
        Rule(
            r'(branches|neck|decoder|head|cls_head|roi_head|'
            r'data_preprocessor)\..*', None, 'not part of the encoder'),
    ]
    RULES[f'{_kind}_whole'] = [_PREPROCESSOR, _PARTS, _BARE]
INVERSE['ours'] = [_PREPROCESSOR, _PARTS]
INVERSE['mmaction'] = [
    _PREPROCESSOR,
    Rule(r'(branches|decoder|neck|head)\..*', None,
         'MMAction2 has no decoders of pre-training'),
    Rule(r'((?:backbone|cls_head|roi_head)\..*)', r'\1'),
]


def name_weights(
    state_dict: Dict[str, Tensor]
) -> Tuple[Dict[str, Tensor], str, Dict[str, List[str]]]:
    """Bring a file of any kind under this package's names.

    Args:
        state_dict (dict): As :func:`read_state_dict` gives it.

    Returns:
        tuple: Weights of the whole model, kind of the file, and what was
        dropped, by reason.

    Raises:
        ValueError: If the kind of file is not known.
        KeyError: If a key is not accounted for.
    """
    kind = detect_kind(state_dict)
    weights, dropped = rename(
        to_ours(state_dict, kind), RULES[f'{kind}_whole'])
    return weights, kind, dropped
