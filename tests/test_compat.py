"""The host packages work as published, and loading stays safe."""
import ast
import importlib
import importlib.util
import logging
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer, MessageHub
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner
from mmengine.runner.checkpoint import load_checkpoint, save_checkpoint
from torch import nn

from mvd_mm import compat

ROOT = Path(__file__).parents[1]


class Touch:
    """Pickled code: unpickling it creates a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path, )


def test_models_of_mmaction_import():
    models = importlib.import_module('mmaction.models')
    assert models.VisionTransformer.__name__ == 'VisionTransformer'
    drn = importlib.import_module('mmaction.models.localizers.drn.drn')
    assert drn.DRN is importlib.import_module('mmaction.models.localizers').DRN


class TestVindLU:
    """MMAction2 imports it where transformers is, whether it can or not."""

    @pytest.fixture
    def packages(self, monkeypatch):
        """Pretend to have a version of transformers, and modules."""

        def install(version, **modules):

            def find(name):
                if name not in modules:
                    raise ImportError(name)
                if isinstance(modules[name], Exception):
                    raise modules[name]
                return modules[name]

            monkeypatch.setattr(compat, 'version', lambda name: version)
            monkeypatch.setattr(compat, 'import_module',
                                lambda name: find(name.replace('.', '_')))
            module = SimpleNamespace(WITH_MULTIMODAL=True)
            compat.skip_broken_vindlu(module)
            return module.WITH_MULTIMODAL

        return install

    def test_is_imported_where_it_can_be(self, packages):
        assert packages(
            '4.30.0',
            timm_models_layers=None,
            transformers_modeling_utils=SimpleNamespace(
                apply_chunking_to_forward=None))

    @pytest.mark.parametrize('version, modules', [
        ('5.24.0', {}),
        ('4.30.0', {}),
        ('4.30.0', dict(timm_models_layers=RuntimeError('torchvision::nms'))),
        ('4.57.0',
         dict(
             timm_models_layers=None,
             transformers_modeling_utils=SimpleNamespace())),
    ])
    def test_is_left_out_where_it_cannot_be(self, packages, version, modules):
        assert not packages(version, **modules)

    def test_is_left_alone_without_transformers(self):
        module = SimpleNamespace(WITH_MULTIMODAL=False)
        compat.skip_broken_vindlu(module)
        assert module.WITH_MULTIMODAL is False

    IMPORT = ('import mvd_mm.models, mmaction.models as m; '
              'print(m.VisionTransformer, mvd_mm.models.MVD)')

    def run(self, code, path=''):
        done = subprocess.run([sys.executable, '-c', code],
                              env=dict(
                                  os.environ,
                                  PYTHONPATH=os.pathsep.join(
                                      [str(path), str(ROOT)])),
                              capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    @pytest.mark.slow
    def test_hosts_import_without_any_of_the_packages(self):
        block = ('import sys; sys.modules.update(dict.fromkeys('
                 '("transformers", "timm", "torchvision"))); ')
        # the distributions stay: MMAction2 asks for the version alone
        assert 'VisionTransformer' in self.run(block + self.IMPORT)

    @pytest.mark.slow
    def test_hosts_import_beside_broken_ones(self, tmp_path):
        # a timm whose torchvision does not fit torch, an old transformers
        for name, text in (
            ('transformers', ''),
            ('timm', 'raise RuntimeError("operator torchvision::nms")'),
            ('torchvision', 'raise OSError("undefined symbol")'),
        ):
            (tmp_path / name).mkdir()
            (tmp_path / name / '__init__.py').write_text(text)
        metadata = tmp_path / 'transformers-4.30.0.dist-info' / 'METADATA'
        metadata.parent.mkdir()
        metadata.write_text(
            'Metadata-Version: 2.1\nName: transformers\nVersion: 4.30.0\n')
        assert 'VisionTransformer' in self.run(self.IMPORT, tmp_path)


@pytest.mark.parametrize('name, present', [
    ('NAN', np.nan),
    ('Inf', np.inf),
    ('in1d', np.isin),
    ('float', float),
    ('long', int),
])
def test_a_missing_numpy_name_is_restored(monkeypatch, name, present):
    monkeypatch.setattr(np, name, None, raising=False)
    monkeypatch.delattr(np, name)
    compat.restore_numpy_names()
    assert getattr(np, name) is present


def test_integration_by_the_trapezoidal_rule_is_there():
    assert np.trapz([0., 2, 4], dx=0.5) == 2


def test_a_numpy_name_that_exists_is_left_alone(monkeypatch):
    monkeypatch.setattr(np, 'Inf', 'mine', raising=False)
    compat.restore_numpy_names()
    assert np.Inf == 'mine'


@pytest.mark.filterwarnings('ignore:In the future `np.bool`:FutureWarning',
                            'ignore:invalid escape sequence')
def test_every_numpy_name_that_the_hosts_use_is_there():
    missing = set()
    for host in ('mmaction', 'mmdet', 'mmengine', 'mmcv'):
        spec = importlib.util.find_spec(host)
        for path in Path(spec.origin).parent.rglob('*.py'):
            if '.mim' in path.parts:
                continue  # scripts that no module imports
            text = path.read_text()
            if 'np.' not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                if (isinstance(node, ast.Attribute)
                        and isinstance(node.value, ast.Name)
                        and node.value.id == 'np'
                        and not hasattr(np, node.attr)):
                    missing.add(node.attr)
    # mmaction2's `ImgAug` sets `bool` before it uses it; no NumPy ever had
    # `boxes`, a slip in an annotation of mmdet
    assert missing <= {'bool', 'boxes'}


def test_applying_twice_changes_nothing():
    before = importlib.import_module('mmaction.models.localizers').DRN
    compat.apply()
    module = importlib.import_module('mmaction.models.localizers.drn.drn')
    assert module.DRN is before


class TestCheckpointOfMMEngine:

    @pytest.fixture
    def path(self, tmp_path):
        """As MMEngine's runner writes it: weights, history, NumPy values."""
        hub = MessageHub('test_compat')
        for step in range(3):
            hub.update_scalar('train/loss', 2. - step)
        hub.update_info('iter', 3)
        hub.update_info('best', np.float64(0.5))
        model = nn.Linear(2, 2)
        save_checkpoint(
            dict(
                meta=dict(seed=np.int64(7), epoch=1),
                state_dict=model.state_dict(),
                message_hub=hub.state_dict()), str(tmp_path / 'epoch_1.pth'))
        return tmp_path / 'epoch_1.pth'

    def test_round_trips_with_the_default_of_torch(self, path):
        content = torch.load(path)
        history = content['message_hub']['log_scalars']['train/loss']
        assert isinstance(history, HistoryBuffer)
        assert history.data[0].tolist() == [2, 1, 0]
        assert history.statistics('mean') == 1
        assert content['message_hub']['runtime_info']['best'] == 0.5
        assert content['meta']['seed'] == 7

    def test_round_trips_with_safety_asked_for(self, path):
        content = torch.load(path, weights_only=True)
        assert content['state_dict']['weight'].shape == (2, 2)

    def test_loads_through_mmengine(self, path):
        model = nn.Linear(2, 2)
        load_checkpoint(model, str(path), map_location='cpu', strict=True)
        stored = torch.load(path)['state_dict']['weight']
        assert (model.weight == stored).all()

    @pytest.mark.parametrize('dtype', ['f8', 'f4', 'i8', 'i4', '?'])
    def test_numpy_values_round_trip(self, tmp_path, dtype):
        array = np.array([0, 1, 1], dtype=dtype)
        torch.save(dict(a=array, b=array[1]), tmp_path / 'a.pth')
        content = torch.load(tmp_path / 'a.pth', weights_only=True)
        assert content['a'].dtype == array.dtype
        assert (content['a'] == array).all()
        assert content['b'] == array[1]


class LookUp:
    """Pickled look-up: unpickling it takes an attribute of a class."""

    def __init__(self, owner, name):
        self.arguments = owner, name

    def __reduce__(self):
        return getattr, self.arguments


@pytest.mark.parametrize('owner, name', [
    (HistoryBuffer, '__init__'),
    (HistoryBuffer, '__setstate__'),
    (np.ndarray, 'tofile'),
])
def test_a_checkpoint_looks_up_no_other_attribute(tmp_path, owner, name):
    torch.save(dict(meta=LookUp(owner, name)), tmp_path / 'look.pth')
    with pytest.raises(Exception, match='[Ww]eights.only'):
        torch.load(tmp_path / 'look.pth', weights_only=True)


def test_safety_is_still_on(tmp_path):
    path, ran = tmp_path / 'evil.pth', tmp_path / 'it ran'
    torch.save(dict(state_dict={}, meta=Touch(ran)), path)
    with pytest.raises(Exception, match='[Ww]eights.only'):
        torch.load(path, weights_only=True)
    assert not ran.exists()


def test_base_lr_of_the_log_is_scaled_with_the_groups():
    layers = nn.Linear(2, 2), nn.Linear(2, 2)
    groups = [
        dict(params=list(layer.parameters()), lr=lr)
        for layer, lr in zip(layers, (0.01, 0.02))
    ]
    wrapper = OptimWrapper(torch.optim.SGD(groups, lr=0.04))
    wrapper.base_param_settings = dict(params=[torch.zeros(1)], lr=0.04)
    runner = object.__new__(Runner)
    runner._train_dataloader = dict(batch_size=4)
    runner.param_schedulers = None
    runner._world_size = 2
    runner.logger = logging.getLogger('test')
    Runner.scale_lr(runner, wrapper, dict(enable=True, base_batch_size=32))
    rates = wrapper.get_lr()
    assert rates['lr'] == pytest.approx([0.0025, 0.005])
    assert rates['base_lr'] == pytest.approx([0.01])
    # and nothing where it is off
    Runner.scale_lr(runner, wrapper, dict(enable=False, base_batch_size=32))
    assert wrapper.get_lr()['base_lr'] == pytest.approx([0.01])
