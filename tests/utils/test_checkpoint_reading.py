import io

import pytest
import torch
from mmengine.runner import checkpoint
from safetensors.torch import save_file

from mvd_mm.utils.checkpoint_reading import SafeTorch, load_url


@pytest.fixture
def weights():
    return dict(a=torch.ones(2))


def test_mmengine_reads_files_through_it(tmp_path, weights):
    path = tmp_path / 'x.pth'
    torch.save(dict(state_dict=weights), path)
    loaded = checkpoint.CheckpointLoader.load_checkpoint(str(path), 'cpu')
    assert torch.equal(loaded['state_dict']['a'], weights['a'])
    path.write_bytes(b'')
    with pytest.raises(ValueError, match='x.pth.*empty'):
        checkpoint.CheckpointLoader.load_checkpoint(str(path))
    path.write_text('<html>Not found</html>')
    with pytest.raises(ValueError, match='x.pth.*text'):
        checkpoint.CheckpointLoader.load_checkpoint(str(path))


def test_safetensors_are_read_as_weights(tmp_path, weights):
    path = tmp_path / 'x.safetensors'
    save_file(weights, str(path))
    loaded = checkpoint.CheckpointLoader.load_checkpoint(str(path))
    assert torch.equal(loaded['state_dict']['a'], weights['a'])


def test_opened_files_are_read_as_data(weights):
    file = io.BytesIO()
    torch.save(weights, file)
    file.seek(0)
    assert torch.equal(SafeTorch().load(file)['a'], weights['a'])


def test_a_download_is_kept_and_read(tmp_path, weights, monkeypatch):
    calls = []

    def download(url, file, progress):
        calls.append(url)
        torch.save(weights, file)

    monkeypatch.setattr(torch.hub, 'download_url_to_file', download)
    for _ in range(2):
        loaded = load_url('https://x.org/y.pth?z', str(tmp_path / 'hub'))
        assert torch.equal(loaded['a'], weights['a'])
    assert len(calls) == 1 and (tmp_path / 'hub' / 'y.pth').is_file()
