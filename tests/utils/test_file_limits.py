"""A file that costs too much is refused before it is read."""
import pickle
import struct
import time
import zipfile

import pytest
import torch

from mvd_mm.checkpoints import read_state_dict
from mvd_mm.utils import file_limits as limits

SECONDS = 20  # ten times what it takes; reading such a file takes minutes


@pytest.fixture
def keys_bomb():
    """Pickled dictionary of more keys than are read."""
    count = 1_000_000
    body = b''.join(b'X' + struct.pack('<I', 7) + b'%07d' % i + b'N'
                    for i in range(count))
    return b'\x80\x02}(' + body + b'u.'


@pytest.fixture
def refused():

    def check(path, match):
        start = time.monotonic()
        with pytest.raises(ValueError, match=match):
            read_state_dict(str(path))
        assert time.monotonic() - start < SECONDS

    return check


@pytest.mark.parametrize('zipped', [True, False])
def test_a_million_keys(tmp_path, keys_bomb, refused, zipped):
    path = tmp_path / 'bomb.pth'
    if zipped:
        with zipfile.ZipFile(path, 'w') as archive:
            archive.writestr('bomb/data.pkl', keys_bomb)
            archive.writestr('bomb/version', '3\n')
    else:
        path.write_bytes(keys_bomb)
    refused(path, 'bomb.pth.*more keys than any model')


def test_a_packed_pickle(tmp_path, refused):
    path = tmp_path / 'bomb.pth'
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('bomb/data.pkl', b'0' * 50_000_000)
    assert path.stat().st_size < 10**5
    refused(path, 'would unpack to 50000000 bytes')


def test_a_table_of_contents_too_long(tmp_path, refused, monkeypatch):
    path = tmp_path / 'bomb.pth'
    torch.save({f'{i}': torch.ones(1) for i in range(200)}, path)
    assert len(read_state_dict(str(path))) == 200
    monkeypatch.setattr(limits, 'MAX_HEADER', 10_000)
    refused(path, 'table of contents of')


@pytest.mark.parametrize('length, match', [
    (2**60, 'cut short or no .safetensors'),
    (limits.MAX_HEADER + 8, 'header of .* bytes names more tensors'),
])
def test_a_header_too_long(tmp_path, refused, length, match):
    path = tmp_path / 'bomb.safetensors'
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', length))
        file.truncate(limits.MAX_HEADER + 1024)
    refused(path, match)


@pytest.mark.parametrize('content, match', [
    (b'', 'is empty'),
    (b'<!DOCTYPE html><html>404</html>', 'text file that begins.*DOCTYPE'),
    (b'PK\x03\x04' + b'\0' * 100, 'cut short'),
])
def test_says_what_is_wrong(tmp_path, refused, content, match):
    (tmp_path / 'file.pth').write_bytes(content)
    refused(tmp_path / 'file.pth', match)


def test_shapes_far_beyond_the_file(tmp_path, refused):
    path = tmp_path / 'bomb.pth'
    torch.save(
        dict(model={'head.weight': torch.ones(1).expand(10**12, 8)}), path)
    refused(path, "would fill 32.* bytes.*the largest is 'head.weight'")


@pytest.mark.parametrize('body', [
    b']' * 450_000 + b'a' * 449_999,
    b'}K\x01' * 300_000 + b'}' + b's' * 300_000,
])
def test_containers_in_containers(tmp_path, refused, body):
    path = tmp_path / 'bomb.pth'
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr('bomb/data.pkl', b'\x80\x02' + body + b'.')
        archive.writestr('bomb/version', '3\n')
    refused(path, 'bomb.pth')


def test_a_file_with_optimiser_stays_far_below(tmp_path):
    # as many tensors as ViT-H with its optimiser
    state = {
        number:
        dict(
            step=torch.ones(()),
            exp_avg=torch.ones(1),
            exp_avg_sq=torch.ones(1))
        for number in range(600)
    }
    content = dict(
        model={f'blocks.{i}.w': torch.ones(1)
               for i in range(650)},
        optimizer=dict(state=state))
    torch.save(content, tmp_path / 'a.pth')
    with zipfile.ZipFile(tmp_path / 'a.pth') as archive:
        name, = [n for n in archive.namelist() if n.endswith('data.pkl')]
        operations = sum(1 for _ in pickle_operations(archive.read(name)))
    assert 10 * operations < limits.MAX_OPERATIONS
    assert len(read_state_dict(str(tmp_path / 'a.pth'))) == 650


def pickle_operations(content):
    import pickletools
    assert content[:1] == pickle.PROTO
    return pickletools.genops(content)
