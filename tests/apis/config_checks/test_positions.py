import pytest
from mmengine.config import Config

from mvd_mm.apis.config_checks.positions import find_modules


def test_every_dict_is_found_with_its_place_and_its_registry():
    cfg = Config(
        dict(
            default_scope='mmaction',
            train_dataloader=dict(
                sampler=dict(type='DefaultSampler'),
                collate_fn=dict(type='pseudo_collate'),
                dataset=dict(
                    type='VideoDataset', pipeline=[dict(type='DecordInit')])),
            optim_wrapper=dict(optimizer=dict(type='AdamW')),
            train_cfg=dict(by_epoch=False)))
    found = {(m.path, m.kind, m.target.__name__) for m in find_modules(cfg)}
    assert found == {
        ('train_dataloader.sampler', 'DATA_SAMPLERS', 'DefaultSampler'),
        ('train_dataloader.collate_fn', 'FUNCTIONS', 'pseudo_collate'),
        ('train_dataloader.dataset', 'DATASETS', 'VideoDataset'),
        ('train_dataloader.dataset.pipeline.0', 'TRANSFORMS', 'DecordInit'),
        ('optim_wrapper', 'OPTIM_WRAPPERS', 'OptimWrapper'),
        ('optim_wrapper.optimizer', 'OPTIMIZERS', 'AdamW'),
        ('train_cfg', 'LOOPS', 'IterBasedTrainLoop'),
    }


def test_an_unknown_class_is_named_with_the_closest_one():
    cfg = Config(dict(model=dict(type='mvd_mm.MVDVisionTransfomer')))
    with pytest.raises(KeyError, match='model.type=.*MVDVisionTransformer'):
        list(find_modules(cfg))


def test_packages_that_need_not_be_installed_are_left_alone():
    cfg = Config(dict(model=dict(type='timm.resnet50', pretrained=True)))
    assert list(find_modules(cfg)) == []


@pytest.mark.parametrize('part', ['backbone', 'cls_head', 'data_preprocessor'])
@pytest.mark.parametrize('name', ['', 'none_such'])
def test_parts_of_a_hosts_model_are_looked_up(part, name):
    model = dict(type='Recognizer3D', **{part: dict(type=name)})
    cfg = Config(dict(default_scope='mmaction', model=model))
    with pytest.raises(KeyError, match=f'model.{part}.type=.*not registered'):
        list(find_modules(cfg))


def test_a_scope_that_is_no_package_is_refused():
    cfg = Config(dict(model=dict(type='Recognizer3D', _scope_='mmactoin')))
    with pytest.raises(ValueError, match="`model._scope_=.*'mmaction'"):
        list(find_modules(cfg))
