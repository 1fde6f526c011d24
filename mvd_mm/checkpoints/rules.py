"""Renaming of state dicts: every key is renamed or dropped by a rule."""
import re
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from torch import Tensor

__all__ = ['Rule', 'rename', 'encoder_rules', 'RULES']


class Rule(NamedTuple):
    """Rename the keys that match ``pattern`` as a whole, or drop them.

    Attributes:
        pattern (str): Regular expression over the whole key.
        repl (str, optional): New key; None drops the weight.
        reason (str): Why a weight is dropped; for the report.
    """

    pattern: str
    repl: Optional[str]
    reason: str = ''


def rename(
        state_dict: Dict[str, Tensor], rules: Sequence[Rule]
) -> Tuple[Dict[str, Tensor], Dict[str, List[str]]]:
    """Apply the first matching rule to every key.

    Args:
        state_dict (dict): Weights under their old names.
        rules (Sequence[Rule]): In order of precedence.

    Returns:
        tuple: Weights under their new names, and the dropped keys by reason.

    Raises:
        KeyError: If keys match no rule. A converter must account for each
            weight it is given, so a new upstream key fails loudly.
    """
    renamed: Dict[str, Tensor] = {}
    dropped: Dict[str, List[str]] = {}
    unknown = []
    for key, weight in state_dict.items():
        for rule in rules:
            match = re.fullmatch(rule.pattern, key)
            if match is None:
                continue
            if rule.repl is None:
                dropped.setdefault(rule.reason, []).append(key)
            else:
                renamed[match.expand(rule.repl)] = weight
            break
        else:
            unknown.append(key)
    if unknown:
        raise KeyError(f'{len(unknown)} keys match no rule, among them '
                       f'{unknown[:5]}: this is not the kind of file it was '
                       'taken for, or one of its parts is not known here')
    return renamed, dropped


def _block_rules(source: str, target: str) -> List[Rule]:
    """Transformer blocks below a prefix, published names to ours."""
    block = r'(blocks\.\d+\.)'
    return [
        Rule(rf'{source}{block}mlp\.fc1\.(.*)',
             rf'{target}\1mlp.layers.0.0.\2'),
        Rule(rf'{source}{block}mlp\.fc2\.(.*)', rf'{target}\1mlp.layers.1.\2'),
        Rule(rf'{source}{block}((?:norm1|norm2|attn|gamma_[12]).*)',
             rf'{target}\1\2'),
    ]


def encoder_rules(source: str = '', target: str = '') -> List[Rule]:
    """Published encoder below ``source`` to ``MVDVisionTransformer``."""
    return [
        Rule(rf'{source}patch_embed\.proj\.(.*)',
             rf'{target}patch_embed.projection.\1'),
        *_block_rules(source, target),
        Rule(rf'{source}((?:norm|fc_norm)\..*|cls_token|pos_embed)',
             rf'{target}\1'),
    ]


def _branch_rules(suffix: str, name: str) -> List[Rule]:
    """One of MVD's two decoders."""
    target = f'branches.{name}.decoder.'
    return [
        Rule(rf'(mask_token|pos_embed)_{suffix}', rf'{target}\1'),
        Rule(rf'down_{suffix}\.(.*)', rf'{target}proj_in.\1'),
        *_block_rules(rf'decoder_{suffix}\.', target),
        Rule(rf'decoder_{suffix}\.norm\.(.*)', rf'{target}norm.\1'),
        Rule(rf'decoder_{suffix}\.head\.(.*)', rf'{target}proj_out.\1'),
    ]


_PIXELS = Rule(r'(encoder_to_)?decoder.*|mask_token', None, 'pixel decoder')
_HEAD = Rule(r'head\..*', None, 'classification head')
_DECODERS = Rule(r'(decoder|down|mask_token|pos_embed)_(img|vid).*', None,
                 'decoders of the distillation')

#: kind of file -> rules to the names of ``MVDVisionTransformer`` alone, and
#: for MVD's own files to those of the whole model
RULES: Dict[str, List[Rule]] = {
    'mae': [_PIXELS, *encoder_rules()],
    'videomae_pretrain': [_PIXELS, *encoder_rules(r'encoder\.')],
    'vit_finetune': [_HEAD, *encoder_rules()],
    'mvd_pretrain': [_DECODERS, *encoder_rules()],
    'ours': [
        Rule(r'backbone\.(.*)', r'\1'),
        Rule(r'(branches|neck|decoder|head|cls_head|data_preprocessor)\..*',
             None, 'not part of the encoder'),
    ],
    'mvd_pretrain_whole': [
        *_branch_rules('img', 'image'), *_branch_rules('vid', 'video'),
        *encoder_rules('', 'backbone.')
    ],
    'vit_finetune_whole': [
        Rule(r'head\.(.*)', r'cls_head.fc_cls.\1'),
        *encoder_rules('', 'backbone.')
    ],
}
