"""Files of features: both kinds hold the same."""
import json
import sys

import numpy as np
import pytest

from mvd_mm.apis.feature_files import (FeatureStream, check_feature_file,
                                       read_features, writer_of)

LENGTHS = (2, 3, 1)


def arrays(dtype='float32'):
    draw = np.random.default_rng(0)
    number = sum(LENGTHS)
    return dict(
        features=draw.normal(size=(number, 2, 5)).astype(dtype),
        names=np.array(['a b/\u00e9.mp4', *'cdefg']),
        begin=np.arange(number) / 3,
        end=np.arange(number) / 3 + 1,
        labels=np.array([0, 1, -1, 5, 5, 2]),
        broken=np.array([('x.mp4', 'it is empty')]),
        meta=np.array(json.dumps(dict(prefix=None))))


def write(path, dtype='float32'):
    others = arrays(dtype)
    features = others.pop('features')
    chunks = np.split(features, np.cumsum(LENGTHS)[:-1])
    writer_of(path)(path, FeatureStream(len(features), features, iter(chunks)),
                    others)
    return path


@pytest.mark.parametrize('dtype', ['float32', 'float16'])
@pytest.mark.parametrize('suffix', ['.npz', '.parquet'])
def test_what_is_written_is_read(tmp_path, suffix, dtype):
    if suffix == '.parquet':
        pytest.importorskip('pyarrow')
    found = read_features(write(tmp_path / f'f{suffix}', dtype))
    expected = arrays(dtype)
    assert set(found) == set(expected)
    for name, array in expected.items():
        assert found[name].shape == array.shape, name
        assert found[name].dtype.kind == array.dtype.kind, name
        np.testing.assert_array_equal(found[name], array)
    assert found['features'].dtype == dtype


def test_a_table_is_one_for_other_programs(tmp_path):
    parquet = pytest.importorskip('pyarrow.parquet')
    path = write(tmp_path / 'f.parquet')
    table = parquet.read_table(path)
    assert table.column_names == [
        'names', 'begin', 'end', 'labels', 'features'
    ]
    expected = arrays()
    for row, name, features in zip(table.to_pylist(), expected['names'],
                                   expected['features']):
        assert row['names'] == name
        assert row['features'] == features.ravel().tolist()
    # a group of rows for each chunk: none needs the memory of all
    assert parquet.ParquetFile(path).num_row_groups == len(LENGTHS)


@pytest.mark.parametrize('suffix', ['.npz', '.parquet'])
def test_other_files_are_refused(tmp_path, suffix):
    path = tmp_path / f'f{suffix}'
    with pytest.raises(FileNotFoundError, match='there is no file'):
        read_features(path)
    if suffix == '.parquet':
        pytest.importorskip('pyarrow')
    path.write_bytes(b'x')
    with pytest.raises(ValueError, match='was not written by'):
        read_features(path)
    with pytest.raises(ValueError, match='.npz or .parquet'):
        check_feature_file(tmp_path / 'f.h5')


def test_arrays_of_another_kind_are_named(tmp_path):
    np.savez(tmp_path / 'f.npz', features=np.ones((2, 2)), names=['a', 'b'])
    with pytest.raises(ValueError, match=r"no \['begin', 'end', 'labels'"):
        read_features(tmp_path / 'f.npz')


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'pyarrow', None)
    with pytest.raises(ImportError, match=r'mvd_mm\[parquet\]'):
        check_feature_file(tmp_path / 'f.parquet')
