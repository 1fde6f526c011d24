"""Telling whether a file's position table and a model's go together."""
from typing import List, Optional

from torch import Tensor

from .identification import table_of
from .tables import POSITION_TABLES

__all__ = [
    'check_missing_table', 'check_same_table', 'choose_table', 'table_fault'
]


def check_same_table(key: str, table: Tensor, own: Tensor) -> None:
    """Refuse a table of another kind than the model's: the shape is the same.

    Args:
        key (str): Its name in the checkpoint, for the error.
        table (Tensor): Of the checkpoint, shape (1, L, D).
        own (Tensor): The model's, shape (1, L, D).

    Raises:
        ValueError: If they are two of the fixed ones.
    """
    kinds = table_of(table), table_of(own)
    if 'unknown' not in kinds and kinds[0] != kinds[1]:
        raise ValueError(
            f'{key!r} in the checkpoint is a {kinds[0]} table, the model has '
            f'`pos_embed_type={kinds[1]!r}`: the two have the same shape and '
            'are not interchangeable')


def check_missing_table(own: str, other: Optional[str],
                        file: str) -> List[str]:
    """Refuse a model whose own table is not the one of a file's weights.

    Args:
        own (str): ``pos_embed_type`` of the model, which builds its table.
        other (str, optional): Kind of table that goes with the weights of a
            file without one; None if nothing tells.
        file (str): What kind of file it is, for the error.

    Returns:
        list[str]: A note where nothing tells which table goes with them.

    Raises:
        ValueError: If they are two kinds.
    """
    if other is None:
        return [
            f'the file holds no position table: taken for one of {own} (MVD: '
            'sincos_3d, VideoMAE: sinusoid_1d)'
        ]
    if other != own:
        raise ValueError(
            f'this file ({file}) holds no position table and its weights go '
            f'with {other}, the model has `pos_embed_type={own!r}`: set it to '
            f'{other!r}')
    return []


def table_fault(key: str, table: Tensor, kind: Optional[str]) -> Optional[str]:
    """Say what is wrong with a table that goes with a known kind, or any.

    Args:
        key (str): Its name.
        table (Tensor): Shape (1, L, D), a class token's row first or not.
        kind (str, optional): The kind that it has to be of.

    Returns:
        str, optional: None if nothing is.
    """
    found = table_of(table)
    if kind is not None and found not in (kind, 'unknown'):
        return f'{key}: file {found}, model {kind}'
    if not table.is_meta and not table.isfinite().all():
        return f'{key}: file holds NaN or infinity'
    return None


def choose_table(found: Optional[str], fixed: Optional[str],
                 stated: Optional[str], file: str) -> Optional[str]:
    """Tell which kind of table goes with the weights of a file.

    Args:
        found (str, optional): Kind of the table in the file.
        fixed (str, optional): Kind that all files of its kind go with.
        stated (str, optional): What a user, or the file itself, says.
        file (str): What kind of file it is, for the error.

    Returns:
        str, optional: None if nothing tells.

    Raises:
        ValueError: If what is stated is no kind, or contradicts the file.
    """
    if stated is not None and stated not in POSITION_TABLES:
        raise ValueError("`pos_embed` must be 'sincos_3d' or 'sinusoid_1d', "
                         f'got {stated!r}')
    if found is not None and stated not in (None, found):
        raise ValueError(f'`pos_embed` is {stated!r}, but the file holds a '
                         f'{found} table')
    if found is None and fixed is not None and stated not in (None, fixed):
        raise ValueError(f'`pos_embed` is {stated!r}, but {file} goes with '
                         f'{fixed}')
    return found or fixed or stated
