"""From any naming to any other, by way of this package's own."""
from typing import Optional, Sequence, Tuple

from mvd_mm.checkpoints import (INVERSE, KINDS, LoadReport, check_target,
                                name_weights, naming_file, read_content,
                                rename, table_of, unwrap, write_state_dict)
from mvd_mm.checkpoints.kinds import TABLE_OF_KIND, table_for
from mvd_mm.checkpoints.values import from_ours
from mvd_mm.positions import build_position_table, choose_table
from .architecture import describe
from .completeness import find_gaps

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
_TABLE = 'backbone.pos_embed'
_BUILT = 'fixed position table, which the reader builds itself'
# kinds whose files hold no table
_NO_TABLE = ('vit_finetune', 'videomae_pretrain', 'huggingface')


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
            holds none: 'sincos_3d' (MVD, default), 'sinusoid_1d' (VideoMAE).
        grid (tuple[int, int, int]): Token grid (T, H, W) of a table to write.
        allow_missing (Sequence[str], optional): Prefixes of weights (this
            package's names) that the file may lack; empty: any.
        section (str, optional): As of :func:`read_state_dict`.
        trust (bool): As of :func:`read_state_dict`.
        overwrite (bool): Replace ``dst`` if it exists.

    Raises:
        FileNotFoundError: If there is no such file.
        KeyError: If a key is not accounted for.
        ValueError: If ``dst`` exists, the file cannot be read or does not
            hold exactly one model, or the other naming cannot hold it.
    """
    if to not in TARGETS:
        raise ValueError(f'`to` must be one of {sorted(TARGETS)}, got {to!r}')
    check_target(dst, overwrite)
    kind, built = TARGETS[to]
    content = read_content(src, trust)
    meta = content.get('meta') if isinstance(content, dict) else None
    with naming_file(src):
        weights, source, dropped = name_weights(unwrap(content, src, section))
        gaps = find_gaps(weights, source, meta)
        # what is there must fit
        allowed = [] if allow_missing is None else [
            gap for gap in gaps if ': file' not in gap
            and gap.startswith(tuple(allow_missing) or '')
        ]
        gaps = [gap for gap in gaps if gap not in allowed]
    if gaps:
        raise ValueError(
            f'{src!r} ({KINDS[source]}) is not complete: {len(gaps)} '
            f'missing or of another shape, among them {gaps[:5]}. '
            '--allow-missing converts all the same what only lacks some')
    model = describe(weights)
    notes = [
        f'{KINDS[source]}; {model.name}, {model.embed_dims} wide, '
        f'{model.depth} deep'
    ]
    table = choose_table(
        table_of(weights[_TABLE]) if _TABLE in weights else None,
        TABLE_OF_KIND.get(source), pos_embed or table_for('ours', meta),
        KINDS[source])
    if table is None:  # nothing tells but what is asked for
        table = built if built and source != 'vit_finetune' else 'sincos_3d'
        notes.append('the file holds no position table: taken for one of '
                     f'{table} (MVD: sincos_3d, VideoMAE: sinusoid_1d); see '
                     '--pos-embed')
    if built not in (None, table):
        raise ValueError(
            f'the weights go with a {table} position table, the readers of '
            f'{to!r} build {built}: the model would compute something else. '
            "Convert to 'ours' or 'mmaction', which carry the table")
    if kind in _NO_TABLE:
        if table == 'unknown':
            raise ValueError('the position table is learned or resized, and '
                             'files of this kind hold none: it would be lost')
        tables = [key for key in weights if key.endswith('pos_embed')]
        if tables:
            dropped[_BUILT] = tables
        weights = {k: v for k, v in weights.items() if k not in tables}
    elif kind == 'mmaction' and _TABLE not in weights:
        # MMAction2 would build VideoMAE's
        weights[_TABLE] = build_position_table(table, model.embed_dims, grid)
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
        section='state_dict' if kind in ('ours', 'mmaction') else 'model',
        meta=dict(converted_from=source, pos_embed=table))
    fresh = {'allowed by --allow-missing': allowed} if allowed else {}
    return LoadReport(src, f'{dst} ({to})', len(renamed), dropped, fresh, [],
                      notes)
