"""Files of features: .npz for NumPy, .parquet for tables."""
import json
import zipfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, NamedTuple

import numpy as np
from numpy.lib import format as npy

__all__ = ['FeatureStream', 'check_feature_file', 'read_features', 'writer_of']

Arrays = Dict[str, np.ndarray]
_SHAPE, _DTYPE = 'shape', 'dtype'  # of a row, in the notes of a table


class FeatureStream(NamedTuple):
    """Features that come in chunks, because all of them may not fit.

    Args:
        rows (int): In all chunks together.
        like (np.ndarray): Array with the type and, behind its first axis, the
            shape of all chunks.
        chunks (Iterator[np.ndarray]): In their order; none is empty.
    """

    rows: int
    like: np.ndarray
    chunks: Iterator[np.ndarray]


def _pyarrow(path: Path) -> Any:
    try:
        # optional: only tables need it
        import pyarrow
        # optional: the same package
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f'{path} needs pyarrow, which cannot be imported ({error}): `pip '
            "install 'mvd_mm[parquet]'`, or name an .npz file, which needs "
            'nothing') from None
    return pyarrow


def check_feature_file(path: Path) -> None:
    """Refuse a name that no file of features has.

    Args:
        path (Path): File to read or write.

    Raises:
        ImportError: If it is a table, and pyarrow is missing.
        ValueError: If the name does not end in .npz or .parquet.
    """
    if path.suffix == '.parquet':
        _pyarrow(path)
    elif path.suffix != '.npz':
        raise ValueError(f'features are a file ending in .npz or .parquet, '
                         f'got {path}')


def writer_of(path: Path) -> Callable[[Path, FeatureStream, Arrays], None]:
    """What writes a file of this name; see :func:`check_feature_file`."""
    check_feature_file(path)
    return _write_parquet if path.suffix == '.parquet' else _write_npz


def _write_npz(path: Path, features: FeatureStream, others: Arrays) -> None:
    like = features.like
    with zipfile.ZipFile(path, 'w') as archive:
        header = dict(
            descr=npy.dtype_to_descr(like.dtype),
            fortran_order=False,
            shape=(features.rows, *like.shape[1:]))
        with _entry(archive, 'features') as file:
            npy.write_array_header_2_0(file, header)
            for chunk in features.chunks:
                file.write(np.ascontiguousarray(chunk).tobytes())
        for name, array in others.items():
            with _entry(archive, name) as file:
                npy.write_array(file, array, allow_pickle=False)


def _entry(archive: zipfile.ZipFile, name: str) -> Any:
    """A member without the time of writing, which would differ each time."""
    info = zipfile.ZipInfo(f'{name}.npy', (1980, 1, 1, 0, 0, 0))
    return archive.open(info, 'w', force_zip64=True)


def _write_parquet(path: Path, features: FeatureStream,
                   others: Arrays) -> None:
    """A row for each clip; arrays of another kind go into the notes."""
    arrow = _pyarrow(path)
    columns = {k: v for k, v in others.items() if v.ndim == 1}
    notes = {k: v.tolist() for k, v in others.items() if k not in columns}
    shape = features.like.shape[1:]
    notes.update({_SHAPE: list(shape), _DTYPE: str(features.like.dtype)})
    kind = arrow.list_(
        arrow.from_numpy_dtype(features.like.dtype), int(np.prod(shape)))
    schema = arrow.schema([
        *((name, arrow.array(array[:0]).type)
          for name, array in columns.items()), ('features', kind)
    ]).with_metadata({
        key: json.dumps(value)
        for key, value in notes.items()
    })
    begin = 0
    # numbers of features hardly repeat
    with arrow.parquet.ParquetWriter(
            str(path), schema, use_dictionary=['names']) as writer:
        for chunk in features.chunks:
            end = begin + len(chunk)
            values = arrow.FixedSizeListArray.from_arrays(
                arrow.array(chunk.reshape(-1)), type=kind)
            parts = [arrow.array(each[begin:end]) for each in columns.values()]
            writer.write_table(
                arrow.Table.from_arrays([*parts, values], schema=schema))
            begin = end


def read_features(path: Path) -> Arrays:
    """Read a file of :func:`.extract_features`.

    Args:
        path (Path): It ends in .npz or .parquet.

    Returns:
        dict[str, np.ndarray]: ``features`` (N, ...), ``names``, ``begin``,
        ``end`` and ``labels`` (N, ), ``broken`` (M, 2) and ``meta``.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If it is a table, and pyarrow is missing.
        ValueError: If it is no file of features.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'`features`: there is no file {path}')
    check_feature_file(path)
    try:
        found = (
            _read_parquet(path)
            if path.suffix == '.parquet' else _read_npz(path))
        missing = {'features', 'names', 'begin', 'end', 'labels', 'meta'
                   } - set(found)
    except (KeyError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f'`features` {path} was not written by '
                         f'tools/extract_features.py: {error}') from None
    if missing:
        raise ValueError(f'`features` {path} was not written by '
                         f'tools/extract_features.py: no {sorted(missing)}')
    return found


def _read_npz(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _read_parquet(path: Path) -> Arrays:
    table = _pyarrow(path).parquet.read_table(str(path))
    notes = {
        key.decode(): json.loads(text)
        for key, text in (table.schema.metadata or {}).items()
        if not key.startswith(b'ARROW:')
    }
    values = table['features'].combine_chunks().flatten()
    found = {
        'features':
        values.to_numpy(zero_copy_only=False).astype(
            notes.pop(_DTYPE)).reshape(len(table), *notes.pop(_SHAPE))
    }
    for name in table.column_names:
        if name != 'features':
            column = table[name].to_numpy()
            found[name] = (
                column.astype(np.str_) if column.dtype == object else column)
    found.update({key: np.array(value) for key, value in notes.items()})
    return found
