"""What a run saves is published without what a run needs."""
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from mmengine.runner.checkpoint import get_state_dict, save_checkpoint

from mvd_mm.models import MVD, MVDVisionTransformer

TOOL = Path(__file__).parents[2] / 'tools' / 'model_converters' / 'publish.py'


@pytest.fixture
def publish(tmp_path):

    def run(*arguments):
        return subprocess.run(
            [sys.executable, str(TOOL), *map(str, arguments)],
            cwd=tmp_path,
            env={
                **os.environ, 'OMP_NUM_THREADS': '1'
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300)

    return run


@pytest.fixture
def checkpoint(mvd_cfg, randomise, tmp_path):
    """A pre-training checkpoint, as MMEngine's runner writes it."""
    model = randomise(MVD(**mvd_cfg()))
    optimizer = torch.optim.AdamW(model.parameters())
    path = tmp_path / 'epoch_1.pth'
    save_checkpoint(
        dict(
            meta=dict(epoch=1, cfg='a = 1', seed=3, hostname='secret'),
            state_dict=get_state_dict(model),
            message_hub={},
            optimizer=optimizer.state_dict()), str(path))
    return path


def test_weights_alone_with_the_hash_in_the_name(publish, checkpoint,
                                                 tmp_path):
    done = publish(checkpoint, 'out/mvd.pth')
    assert done.returncode == 0, done.stdout
    path, = (tmp_path / 'out').iterdir()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.name == f'mvd-{digest[:8]}.pth'
    content, source = torch.load(path), torch.load(checkpoint)
    assert set(content) == {'state_dict', 'meta'}
    assert content['meta'] == dict(epoch=1, cfg='a = 1')
    # a random teacher is of use to its own training alone
    weights = {
        k: v
        for k, v in source['state_dict'].items() if '.teacher.' not in k
    }
    assert set(content['state_dict']) == set(weights)
    for key, value in weights.items():
        assert torch.equal(content['state_dict'][key], value)


def test_feeds_recogniser_and_detector_by_its_path(publish, checkpoint,
                                                   vit_cfg, tmp_path):
    publish(checkpoint, 'mvd.safetensors', '--no-config')
    path, = tmp_path.glob('mvd-*.safetensors')
    source = torch.load(checkpoint)['state_dict']
    for form in (dict(use_mean_pooling=True),
                 dict(use_mean_pooling=False, return_feat_map=True)):
        vit = MVDVisionTransformer(
            init_cfg=dict(type='Pretrained', checkpoint=str(path)),
            **form,
            **vit_cfg())
        vit.init_weights()
        for key, value in vit.blocks.state_dict().items():
            assert torch.equal(value, source[f'backbone.blocks.{key}'])


def test_an_incomplete_checkpoint_is_not_published(publish, checkpoint,
                                                   tmp_path):
    content = torch.load(checkpoint)
    del content['state_dict']['backbone.blocks.0.norm1.bias']
    torch.save(content, checkpoint)
    done = publish(checkpoint, 'mvd.pth')
    assert done.returncode == 1
    assert 'backbone.blocks.0.norm1.bias' in done.stdout
    assert not list(tmp_path.glob('mvd*'))
