"""What ``tools/test.py`` does with published, half and foreign files."""
from uuid import uuid4

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope
from mmengine.runner import Runner

from mvd_mm.checkpoints import convert


@pytest.fixture
def model_cfg(vit_cfg):
    return dict(
        type='Recognizer3D',
        backbone=dict(
            type='mvd_mm.MVDVisionTransformer', **vit_cfg(num_heads=1)),
        cls_head=dict(
            type='mvd_mm.RecognitionHead', num_classes=3, in_channels=32),
        data_preprocessor=dict(
            type='ActionDataPreprocessor', format_shape='NCTHW'))


@pytest.fixture
def source(model_cfg, randomise, tmp_path):
    """A fine-tuned model and its checkpoint."""
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = randomise(MODELS.build(model_cfg))
    path = str(tmp_path / 'ours.pth')
    torch.save(dict(state_dict=model.state_dict(), meta={}), path)
    return model, path


@pytest.fixture
def load(model_cfg, tmp_path):
    """Load as ``Runner.test`` does, or as ``Runner.train``."""

    def run(path, testing=True, hook=True):
        cfg = dict(
            default_scope='mmaction',
            experiment_name=uuid4().hex,
            work_dir=str(tmp_path / 'work'),
            log_level='WARNING',
            model=model_cfg,
            load_from=str(path),
            custom_hooks=[dict(type='mvd_mm.StrictLoadHook')] * hook,
            test_dataloader=dict(
                batch_size=1,
                num_workers=0,
                sampler=dict(type='DefaultSampler', shuffle=False),
                dataset=dict(
                    type='VideoDataset',
                    ann_file=str(tmp_path / 'list.txt'),
                    pipeline=[])),
            test_evaluator=dict(type='AccMetric'),
            test_cfg=dict(type='TestLoop'))
        (tmp_path / 'list.txt').write_text('x.mp4 0\n')
        runner = Runner.from_cfg(Config(cfg))
        if testing:
            runner._test_loop = runner.build_test_loop(runner._test_loop)
        runner.load_or_resume()
        return runner.model

    return run


def same(one, other):
    theirs = other.state_dict()
    return all(
        torch.equal(value, theirs[key])
        for key, value in one.state_dict().items())


def test_own_checkpoint_is_loaded_whole(source, load, log_lines):
    model, path = source
    assert same(model, load(path))
    assert log_lines == []


def test_published_file_is_loaded_by_its_own_names(source, load, tmp_path,
                                                   log_lines):
    model, path = source
    published = str(tmp_path / 'published.pth')
    convert(path, published, 'mvd_finetune')
    keys = torch.load(published)['model']
    assert 'head.weight' in keys and 'backbone.pos_embed' not in keys
    assert same(model, load(published))
    assert log_lines == []
    # what MMEngine alone makes of it: random weights, and warnings
    assert not same(model, load(published, hook=False))


def test_student_without_a_classifier_is_refused(source, load, tmp_path):
    weights = source[0].state_dict()
    path = tmp_path / 'student.pth'
    torch.save(
        dict(state_dict={
            k: v
            for k, v in weights.items() if 'cls_head' not in k
        }), path)
    with pytest.raises(ValueError, match='2 missing.*cls_head.fc_cls'):
        load(path)


@pytest.mark.parametrize('change, message', [
    (lambda w: w.pop('backbone.blocks.1.attn.q_bias'), '1 missing.*q_bias'),
    (lambda w: w.update({'backbone.x': torch.ones(1)}), '1 unexpected.*x'),
    (lambda w: w.update({'cls_head.fc_cls.bias': torch.ones(7)}),
     '1 of another shape.*fc_cls.bias'),
])
def test_a_fault_in_the_file_is_an_error(source, load, tmp_path, change,
                                         message):
    weights = dict(source[0].state_dict())
    change(weights)
    path = tmp_path / 'fault.pth'
    torch.save(dict(state_dict=weights), path)
    with pytest.raises((ValueError, KeyError), match=message):
        load(path)


def test_training_keeps_mmengines_tolerance(source, load, tmp_path):
    model = source[0]
    weights = dict(model.state_dict())
    weights['cls_head.fc_cls.bias'] = torch.ones(7)  # other classes
    path = tmp_path / 'other_classes.pth'
    torch.save(dict(state_dict=weights), path)
    loaded = load(path, testing=False)
    assert same(model.backbone, loaded.backbone)
