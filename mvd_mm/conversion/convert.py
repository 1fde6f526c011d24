"""From any naming to any other, by way of this package's own."""
from typing import Dict, List, Optional, Sequence, Tuple

from torch import Tensor

from mvd_mm.checkpoints import (INVERSE, KINDS, LoadReport, check_target,
                                name_weights, naming_file, read_content,
                                rename, table_of, unwrap, write_state_dict)
from mvd_mm.checkpoints.values import from_ours
from mvd_mm.positions import build_position_table
from .architecture import describe, find_gaps

__all__ = ['convert', 'TARGETS']

#: what ``convert`` writes -> kind of file, position table that its readers
#: build themselves (None: the file carries its own)
TARGETS = {
    'ours': ('ours', None),
    'mmaction': ('mmaction', None),
    'mvd_pretrain': ('mvd_pretrain', None),
    'mvd_finetune': ('vit_finetune', 'sincos_3d'),
    'vit_finetune': ('vit_finetune', None),
    'videomae_pretrain': ('videomae_pretrain', 'sinusoid_1d'),
    'videomae_finetune': ('vit_finetune', 'sinusoid_1d'),
    'mae': ('mae', None),
    'huggingface': ('huggingface', 'sinusoid_1d'),
}
#: position tables, as in ``POSITION_TABLES`` of the models
TABLES = ('sincos_3d', 'sinusoid_1d', 'sincos_2d')
_BUILT = 'fixed position table, which the reader builds itself'
#: what the published files of each kind call the entry with the weights
_SECTIONS = {'ours': 'state_dict', 'mmaction': 'state_dict'}


def convert(src: str,
            dst: str,
            to: str,
            pos_embed: Optional[str] = None,
            grid: Tuple[int, int, int] = (8, 14, 14),
            allow_missing: Optional[Sequence[str]] = None,
            section: Optional[str] = None,
            trust: bool = False,
            overwrite: bool = False) -> LoadReport:
    """Write the weights of a file under the names of another kind.

    Args:
        src (str): A file of any of ``KINDS``.
        dst (str): ``.pth``, ``.pt`` or ``.safetensors``.
        to (str): A key of ``TARGETS``.
        pos_embed (str, optional): Position table of a fine-tuned file, which
            holds none: 'sincos_3d' (MVD, the default) or 'sinusoid_1d'
            (VideoMAE).
        grid (tuple[int, int, int]): Its token grid (T, H, W), where the table
            has to be written.
        allow_missing (Sequence[str], optional): Prefixes of weights (this
            package's names) that the file may lack; empty: any.
        section (str, optional): See :func:`read_state_dict`.
        trust (bool): See :func:`read_content`.
        overwrite (bool): Replace ``dst`` if it exists.

    Returns:
        LoadReport: What became of every weight.

    Raises:
        FileNotFoundError: If there is no such file.
        KeyError: If a key is not accounted for.
        ValueError: If ``dst`` exists, the file cannot be read, is not
            complete or has weights too many, or the other naming cannot hold
            it.
    """
    if to not in TARGETS:
        raise ValueError(f'`to` must be one of {sorted(TARGETS)}, got {to!r}')
    check_target(dst, overwrite)
    kind, built = TARGETS[to]
    content = read_content(src, trust)
    meta = content.get('meta') if isinstance(content, dict) else None
    with naming_file(src):
        weights, source, dropped = name_weights(unwrap(content, src, section))
        gaps = _forgive(find_gaps(weights, source, meta), allow_missing)
    if gaps[0]:
        raise ValueError(
            f'{src!r} ({KINDS[source]}) is not complete: {len(gaps[0])} '
            f'missing or of another shape, among them {gaps[0][:5]}. '
            '--allow-missing converts all the same what only lacks some')
    fresh = {'allowed by --allow-missing': gaps[1]} if gaps[1] else {}
    notes = [f'{KINDS[source]}; {_sizes(weights)}']
    known = meta.get('pos_embed') if isinstance(meta, dict) else None
    known = known if known in TABLES else None
    table = _table(weights, source, pos_embed or known, built, notes)
    if built is not None:
        _check_table(to, built, table)
    if kind in ('vit_finetune', 'videomae_pretrain', 'huggingface'):
        _drop_tables(weights, table, dropped)
    elif kind == 'mmaction' and 'backbone.pos_embed' not in weights:
        # MMAction2 would build VideoMAE's
        width = describe(weights).embed_dims
        weights['backbone.pos_embed'] = build_position_table(
            table, width, grid)
        notes.append(f'wrote the {table} table of {grid} tokens, which the '
                     'file does not hold')
    try:
        renamed, lost = rename(weights, INVERSE[kind])
    except KeyError as error:
        raise ValueError(f'{src!r} ({KINDS[source]}) holds weights that '
                         f'{to!r} has no name for: {error.args[0]}') from error
    dropped.update(lost)
    with naming_file(src):
        renamed = from_ours(renamed, kind)
    write_state_dict(
        renamed,
        dst,
        section=_SECTIONS.get(kind, 'model'),
        meta=dict(converted_from=source, pos_embed=table))
    return LoadReport(src, f'{dst} ({to})', len(renamed), dropped, fresh, [],
                      notes)


def _forgive(gaps: List[str],
             allowed: Optional[Sequence[str]]) -> Tuple[List[str], List[str]]:
    """Split into gaps that count and missing weights that may be."""
    pardoned = [
        g for g in gaps if allowed is not None and ': file' not in g and (
            not allowed or g.startswith(tuple(allowed)))
    ]
    return [g for g in gaps if g not in pardoned], pardoned


def _sizes(weights: Dict[str, Tensor]) -> str:
    model = describe(weights)
    return f'{model.name}, {model.embed_dims} wide, {model.depth} deep'


def _table(weights: Dict[str, Tensor], source: str, pos_embed: Optional[str],
           built: Optional[str], notes: List[str]) -> str:
    """The kind of table that goes with these weights."""
    if pos_embed is not None and pos_embed not in TABLES:
        raise ValueError("`pos_embed` must be 'sincos_3d' or 'sinusoid_1d', "
                         f'got {pos_embed!r}')
    if 'backbone.pos_embed' in weights:
        found = table_of(weights['backbone.pos_embed'])
        if pos_embed is not None and pos_embed != found:
            raise ValueError(f'`pos_embed` is {pos_embed!r}, but the file '
                             f'holds a {found} table')
        return found
    if source in ('videomae_pretrain', 'huggingface'):
        table = 'sinusoid_1d'
    else:
        table = 'sincos_2d' if source == 'mae' else 'sincos_3d'
        if source in ('ours', 'mmaction'):
            table = built or table  # said by nothing but the order
        if pos_embed is None and source != 'mae':
            notes.append('the file holds no position table: taken for one of '
                         f'{table} (MVD: sincos_3d, VideoMAE: sinusoid_1d); '
                         'see --pos-embed')
            return table
    if pos_embed not in (None, table) and source not in ('vit_finetune',
                                                         'ours', 'mmaction'):
        raise ValueError(f'`pos_embed` is {pos_embed!r}, but {KINDS[source]} '
                         f'goes with {table}')
    return pos_embed or table


def _check_table(to: str, built: str, table: str) -> None:
    if table != built:
        raise ValueError(
            f'the weights go with a {table} position table, the readers of '
            f'{to!r} build {built}: the model would compute something else. '
            "Convert to 'ours' or 'mmaction', which carry the table")


def _drop_tables(weights: Dict[str, Tensor], table: str,
                 dropped: Dict[str, List[str]]) -> None:
    if table == 'unknown' and 'backbone.pos_embed' in weights:
        raise ValueError('the position table is learned or resized, and files '
                         'of this kind hold none: it would be lost')
    keys = [k for k in weights if k.endswith('pos_embed')]
    for key in keys:
        del weights[key]
    if keys:
        dropped.setdefault(_BUILT, []).extend(keys)
