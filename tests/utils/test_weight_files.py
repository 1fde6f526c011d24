"""Files are written as a whole or not at all, without foreign storage."""
import pytest
import torch

from mvd_mm.utils.weight_files import (check_target, read_content,
                                       write_state_dict)


@pytest.mark.parametrize('suffix', ['pth', 'pt', 'safetensors'])
def test_weights_and_what_is_beside_them_come_back(tmp_path, suffix):
    path = str(tmp_path / 'folder' / f'a.{suffix}')
    weights = dict(a=torch.randn(2, 3).t(), b=torch.ones(2).half())
    write_state_dict(weights, path, meta=dict(pos_embed='sincos_3d'))
    content = read_content(path)
    assert content['meta'] == dict(pos_embed='sincos_3d')
    for key, value in weights.items():
        assert torch.equal(content['state_dict'][key], value)
        assert content['state_dict'][key].dtype == value.dtype


def test_a_slice_does_not_bring_its_tensor_along(tmp_path):
    path = tmp_path / 'a.pth'
    write_state_dict(dict(a=torch.ones(10**6)[:3]), str(path), 'model')
    assert path.stat().st_size < 10**4
    assert torch.equal(read_content(str(path))['model']['a'], torch.ones(3))


def test_what_breaks_off_leaves_the_old_file_and_nothing_else(
        tmp_path, monkeypatch):
    path = tmp_path / 'a.pth'
    path.write_text('old')

    def save(content, partial):
        partial.write_text('half')
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, 'save', save)
    with pytest.raises(KeyboardInterrupt):
        write_state_dict(dict(a=torch.ones(1)), str(path))
    assert path.read_text() == 'old'
    assert list(tmp_path.iterdir()) == [path]


def test_names_that_cannot_be_written(tmp_path):
    for name in ('a.bin', 'a', 'a.pth.tar'):
        with pytest.raises(ValueError, match=f'must end with.*{name}'):
            check_target(str(tmp_path / name))
    (tmp_path / 'a.pth').touch()
    with pytest.raises(ValueError, match='a.pth.*exists'):
        check_target(str(tmp_path / 'a.pth'))
    check_target(str(tmp_path / 'a.pth'), overwrite=True)
