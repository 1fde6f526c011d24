"""The reader for torch before 2.6 reads what the present one reads."""
import pickle
import zipfile
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

from mvd_mm.utils import safe_loading
from mvd_mm.utils.safe_loading import load_data
from mvd_mm.utils.weight_files import read_content

BUFFER = HistoryBuffer([1., 2.], [1, 1])


@pytest.fixture(params=['2.1.0', torch.__version__])
def reader(request, monkeypatch):
    """As with the oldest torch, and as with this one."""
    monkeypatch.setattr(safe_loading.torch, '__version__', request.param)
    return load_data


def content():
    model = torch.nn.Linear(2, 3)
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return dict(
        state_dict=model.state_dict(),
        optimizer=optimizer.state_dict(),
        half=torch.ones(2, dtype=torch.bfloat16),
        parameter=torch.nn.Parameter(torch.ones(2)),
        args=Namespace(lr=1),
        meta=dict(epoch=1, time='now', shape=torch.Size([2])),
        message_hub=dict(log_scalars=dict(loss=BUFFER), rng=np.arange(3)),
        scalar=np.float64(2))


@pytest.mark.parametrize('zipped', [True, False])
def test_a_checkpoint_of_a_run_is_read(reader, tmp_path, zipped):
    saved = content()
    torch.save(
        saved, tmp_path / 'x.pth', _use_new_zipfile_serialization=zipped)
    read = reader(str(tmp_path / 'x.pth'))
    for key, value in saved['state_dict'].items():
        assert torch.equal(read['state_dict'][key], value)
    assert torch.equal(read['half'], saved['half'])
    assert read['optimizer']['param_groups'] == (
        saved['optimizer']['param_groups'])
    assert read['args'].lr == 1 and read['scalar'] == 2
    hub = read['message_hub']
    assert hub['log_scalars']['loss'].current() == 2
    assert (hub['rng'] == np.arange(3)).all()


class Program:

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def program(name, path):
    return {
        'exec': Program(exec, f"open({str(path)!r}, 'w')"),
        'touch': Program(Path.touch, path),
        'open': Program(open, str(path), 'w'),
        'getattr': Program(getattr, HistoryBuffer, '__init__'),
        'load': Program(torch.storage._load_from_bytes, b'x'),
        'torch.load': Program(torch.load, str(path)),
    }[name]


@pytest.mark.parametrize('zipped', [True, False])
@pytest.mark.parametrize(
    'name', ['exec', 'touch', 'open', 'getattr', 'load', 'torch.load'])
def test_nothing_in_a_file_runs(reader, tmp_path, name, zipped):
    path = tmp_path / 'RAN'
    torch.save(
        dict(a=program(name, path)),
        tmp_path / 'x.pth',
        _use_new_zipfile_serialization=zipped)
    with pytest.raises(pickle.UnpicklingError):
        reader(str(tmp_path / 'x.pth'))
    assert not path.exists()


def test_a_script_module_is_no_file_of_weights(tmp_path):
    path = tmp_path / 'x.pth'
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr('x/constants.pkl', b'')
        archive.writestr('x/data.pkl', b'')
    with pytest.raises(ValueError, match='TorchScript.*program'):
        read_content(str(path))
