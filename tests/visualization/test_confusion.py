"""Confusion of classes."""
import pickle

import numpy as np
import pytest
import torch

from mvd_mm.visualization.confusion import (confusion_of, most_confused,
                                            save_confusion)


def dump(path, labels, best, number=3):
    samples = [
        dict(
            gt_label=torch.tensor([label]),
            pred_score=torch.eye(number)[choice])
        for label, choice in zip(labels, best)
    ]
    path.write_bytes(pickle.dumps(samples))
    return path


def test_rows_are_true_classes(tmp_path):
    path = dump(tmp_path / 's.pkl', [0, 0, 1, 2, 2, 2], [0, 1, 1, 0, 0, 2])
    counts = confusion_of(path)
    np.testing.assert_array_equal(counts, [[1, 1, 0], [0, 1, 0], [2, 0, 1]])
    assert most_confused(counts, 5) == [(2, 0), (0, 1)]
    save_confusion(counts, tmp_path / 'c.png', ['a', 'b', 'c' * 40])
    assert (tmp_path / 'c.png').read_bytes()[:4] == b'\x89PNG'
    with pytest.raises(ValueError, match='2 names, the test has 3'):
        save_confusion(counts, tmp_path / 'c.png', ['a', 'b'])


def test_faults(tmp_path):
    with pytest.raises(FileNotFoundError, match='--dump'):
        confusion_of(tmp_path / 'none.pkl')
    (tmp_path / 'x.pkl').write_bytes(pickle.dumps([dict(a=1)]))
    with pytest.raises(ValueError, match='does not hold'):
        confusion_of(tmp_path / 'x.pkl')
    path = dump(tmp_path / 's.pkl', [0, 3], [0, 1])
    with pytest.raises(ValueError, match='labels 0 to 3'):
        confusion_of(path)
