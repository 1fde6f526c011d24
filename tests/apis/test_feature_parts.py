"""Parts of a file of features."""
import json

import numpy as np
import pytest

from mvd_mm.apis.feature_parts import FeatureParts


def fill(parts, order):
    for part in order:
        rows = np.full((part + 1, 2), part, dtype=np.float32)
        parts.write(part, features=rows, video=np.arange(part + 1))


def test_the_file_is_that_of_numpy_whatever_the_order(tmp_path):
    for name, order in (('a', (0, 1, 2)), ('b', (2, 0, 1))):
        parts = FeatureParts(tmp_path / f'{name}.npz', dict(x=1), 3)
        assert parts.missing() == [0, 1, 2]
        fill(parts, order)
        assert parts.missing() == []
        small = parts.gather(['video'])
        assert small['video'].tolist() == [0, 0, 1, 0, 1, 2]
        assert parts.put_together(small) == 6
        parts.remove()
        assert not parts.folder.exists()
    with np.load(tmp_path / 'a.npz', allow_pickle=False) as found:
        assert found['features'][:, 0].tolist() == [0, 1, 1, 2, 2, 2]
        assert found['features'].dtype == np.float32
    assert (tmp_path / 'a.npz').read_bytes() == (tmp_path /
                                                 'b.npz').read_bytes()


def test_empty_parts_do_not_decide_the_shape(tmp_path):
    parts = FeatureParts(tmp_path / 'a.npz', {}, 2)
    parts.write(0, features=np.zeros((0, ), np.float32))
    with pytest.raises(FileNotFoundError):
        parts.put_together({})
    parts.write(1, features=np.ones((2, 3), np.float32))
    assert parts.put_together({}) == 2
    parts.write(1, features=np.zeros((0, ), np.float32))
    with pytest.raises(ValueError, match='no video could be read'):
        parts.put_together({})


def test_the_plan_must_be_the_same(tmp_path):
    FeatureParts(tmp_path / 'a.npz', dict(x=1, y=[1]), 2)
    FeatureParts(tmp_path / 'a.npz', dict(y=[1], x=1), 2)
    with pytest.raises(ValueError, match=r"differs in \['y', 'z'\]"):
        FeatureParts(tmp_path / 'a.npz', dict(x=1, y=[2], z=3), 2)
    plan = json.loads((tmp_path / 'a.npz.parts' / 'plan.json').read_text())
    assert plan == dict(x=1, y=[1])
