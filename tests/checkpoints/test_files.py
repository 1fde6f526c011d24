"""Files are read whatever wraps the weights, and nothing in them runs."""
import io
import pickle
import tarfile
import zipfile
from pathlib import Path

import pytest
import torch

from mvd_mm.checkpoints import detect_kind, read_state_dict

WEIGHTS = {
    'patch_embed.proj.weight': torch.arange(6.).reshape(1, 1, 1, 2, 3),
    'norm.bias': torch.ones(2)
}


class Touch:
    """Pickled code: unpickling it creates a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path, )


def same(weights):
    return list(weights) == list(WEIGHTS) and all(
        (weights[k] == WEIGHTS[k]).all() for k in WEIGHTS)


class TestSafety:

    @pytest.mark.parametrize('place', ['model', 'args', 'plain'])
    def test_code_in_a_file_does_not_run(self, tmp_path, place):
        path, ran = tmp_path / 'file.pth', tmp_path / 'it ran'
        evil = Touch(ran)
        if place == 'plain':
            path.write_bytes(pickle.dumps(evil, protocol=2))
        elif place == 'args':
            torch.save(dict(model=WEIGHTS, args=evil), path)
        else:
            torch.save(dict(model=dict(WEIGHTS, evil=evil)), path)
        with pytest.raises(ValueError, match='file.pth.*not trusted'):
            read_state_dict(str(path))
        assert not ran.exists()
        if place != 'plain':  # the file is as evil as it is taken for
            torch.load(path, weights_only=False)
            assert ran.exists()

    def test_a_file_that_is_trusted_may_run_code(self, tmp_path):
        path, ran = tmp_path / 'file.pth', tmp_path / 'it ran'
        torch.save(dict(model=WEIGHTS, args=Touch(ran)), path)
        with pytest.raises(ValueError, match=r'pathlib\S*\.Path was.*--trust'):
            read_state_dict(str(path))
        assert not ran.exists()
        assert same(read_state_dict(str(path), trust=True))
        assert ran.exists()

    @pytest.mark.parametrize('operations', [
        b"cos\nsystem\n(S'touch RAN'\ntR.",
        b"(S'touch RAN'\nios\nsystem\n.",
        b"(cos\nsystem\nS'touch RAN'\no.",
        b'\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x09touch RAN\x85R.',
        b'\x80\x02cargparse\nNamespace\n)\x81}X\x0c\x00\x00\x00__setstate__'
        b'cos\nsystem\nsbX\x09\x00\x00\x00touch RANb.',
    ])
    @pytest.mark.parametrize('form', ['plain', 'zip', 'tar'])
    def test_no_route_runs_code(self, tmp_path, monkeypatch, operations, form):
        monkeypatch.chdir(tmp_path)
        path = tmp_path / 'file.pth'
        if form == 'plain':
            path.write_bytes(operations)
        elif form == 'zip':
            with zipfile.ZipFile(path, 'w') as archive:
                archive.writestr('file/data.pkl', operations)
                archive.writestr('file/version', '3\n')
        else:  # torch's oldest format
            with tarfile.open(path, 'w') as archive:
                for name in ('sys_info', 'storages', 'tensors', 'pickle'):
                    info = tarfile.TarInfo(name)
                    info.size = len(operations)
                    archive.addfile(info, io.BytesIO(operations))
        with pytest.raises(ValueError, match='`checkpoint`.*file.pth'):
            read_state_dict(str(path))
        assert [p.name for p in tmp_path.iterdir()] == ['file.pth']


class TestDamage:

    def test_missing_file_is_named(self):
        with pytest.raises(FileNotFoundError, match='no/such/file.pth'):
            read_state_dict('no/such/file.pth')

    def test_a_folder_is_no_file(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='`checkpoint`'):
            read_state_dict(str(tmp_path))

    @pytest.mark.parametrize('share', [0.1, 0.5, 0.99])
    @pytest.mark.parametrize('zipped', [True, False])
    def test_cut_file_is_named(self, tmp_path, zipped, share):
        path = tmp_path / 'cut.pth'
        torch.save(
            dict(model=dict(WEIGHTS, big=torch.rand(1000))),
            path,
            _use_new_zipfile_serialization=zipped)
        content = path.read_bytes()
        path.write_bytes(content[:int(share * len(content))])
        with pytest.raises(ValueError, match='`checkpoint`.*cut.pth'):
            read_state_dict(str(path))

    @pytest.mark.parametrize('content', [
        b'', b'\n', b'version https://git-lfs.github.com/spec/v1\n',
        b'<!DOCTYPE html><html>404</html>',
        bytes(range(256))
    ])
    @pytest.mark.parametrize('name', ['file.pth', 'file.safetensors'])
    def test_what_is_no_checkpoint_is_named(self, tmp_path, name, content):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f'`checkpoint`.*{name}'):
            read_state_dict(str(tmp_path / name))


def test_an_unknown_kind_names_what_it_holds():
    with pytest.raises(ValueError, match="not known.*'layer1.conv.weight'"):
        detect_kind({'layer1.conv.weight': torch.ones(1)})
