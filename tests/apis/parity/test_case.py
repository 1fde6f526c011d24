"""Reading a case: what is kept, and what is refused."""
import json

import numpy as np
import pytest
import torch

from mvd_mm.apis.parity import Case, read_case


@pytest.fixture
def write(golden_dir, tmp_path):
    """Write the fine-tuning case with other options and arrays."""

    def make(options=None, **arrays):
        given = json.loads((golden_dir / 'finetune_plain.json').read_text())
        given.update(options or {})
        with np.load(golden_dir / 'finetune_plain.npz') as file:
            content = {k: file[k] for k in file.files}
        np.savez(tmp_path / 'case.npz', **dict(content, **arrays))
        (tmp_path / 'case.json').write_text(json.dumps(given))
        return tmp_path / 'case.npz'

    return make


def test_half_precision_is_read_exactly_as_float32(write):
    stored = np.array([0.1, 3.14, 65504], dtype=np.float16)
    case = read_case(write(feature=stored))
    assert case.arrays['feature'].dtype == torch.float32
    assert case.arrays['feature'].tolist() == stored.astype(float).tolist()


def test_options_that_are_null_count_as_not_given(write):
    assert 'init_values' not in read_case(write(
        dict(init_values=None))).options


def test_a_mask_of_numbers_is_read_as_bool(golden_dir):
    case = read_case(golden_dir / 'pretrain_plain.npz')
    assert case.arrays['mask'].dtype == torch.bool
    assert case.options['kind'] == 'pretrain'


def test_arrays_below_a_prefix_lose_it():
    one, two = torch.ones(1), torch.ones(2)
    case = Case({}, {'model/a': one, 'model/b.c': two, 'video': one})
    assert case.below('model/') == {'a': one, 'b.c': two}
    assert case.below('grad/') == {}


@pytest.mark.parametrize('text', ['[]', 'null', '3', '{"kind": 1}'])
def test_a_json_without_a_kind_is_refused(write, text):
    path = write()
    path.with_suffix('.json').write_text(text)
    with pytest.raises(ValueError, match='`kind` must be one of'):
        read_case(path)


@pytest.mark.parametrize('suffix', ['.npz', '.json'])
def test_a_missing_file_is_named(write, suffix):
    path = write()
    path.with_suffix(suffix).unlink()
    with pytest.raises(FileNotFoundError, match=f'case{suffix}'):
        read_case(path)


def test_a_pickled_object_is_not_loaded(write):
    with pytest.raises(ValueError, match='case.npz'):
        read_case(write(feature=np.array([{}], dtype=object)))
