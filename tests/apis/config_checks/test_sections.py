import pytest
from mmengine.config import Config

from mvd_mm.apis.config_checks.sections import (check_needed, check_sections,
                                                runner_keys)

LOADER = dict(
    batch_size=2,
    num_workers=0,
    dataset=dict(type='X'),
    sampler=dict(type='DefaultSampler'))


@pytest.mark.parametrize('cfg, message', [
    (dict(train_dataloader=dict(LOADER, batch_sze=4)),
     "train_dataloader.batch_sze=4.*did you mean 'batch_size'"),
    (dict(train_dataloader=dict(LOADER, batch_size=0)), 'from 1'),
    (dict(train_dataloader=dict(LOADER, batch_size='4')), 'of type int'),
    (dict(train_dataloader=dict(LOADER, num_workers=-1)), 'from 0'),
    (dict(train_dataloader=dict(LOADER, num_workers=None)), 'whole number'),
    (dict(train_dataloader=dict(LOADER, persistent_workers=True)),
     'needs workers.*persistent_workers=False'),
    (dict(train_dataloader=dict(batch_size=1)), 'needs a `dataset`'),
    (dict(test_cfg=dict(bank_dataloader=dict(LOADER, suffle=1))),
     "did you mean 'shuffle'"),
    (dict(default_hooks=dict(checkpiont=dict(interval=1))),
     "default_hooks.checkpiont.*did you mean 'checkpoint'"),
    (dict(env_cfg=dict(cudnn_benchmrk=True)), 'cudnn_benchmark'),
    (dict(env_cfg=dict(mp_cfg=dict(mp_start='fork'))), 'mp_start_method'),
    (dict(env_cfg=dict(mp_cfg=dict(mp_start_method='abc'))), 'one of.*fork'),
    (dict(env_cfg=dict(dist_cfg=dict(backnd='gloo'))), "'backend'"),
    (dict(randomness=dict(sed=1)), "did you mean 'seed'"),
    (dict(randomness=dict(seed=-1)), 'from 0 to'),
    (dict(randomness=dict(seed='x')), 'whole number'),
    (dict(auto_scale_lr=dict(base_batch=1)), 'base_batch_size'),
    (dict(model=[1]), 'must be a dict'),
    (dict(custom_hooks=3), 'must be a list of dicts'),
    (dict(param_scheduler=['x']), 'must hold dicts'),
    (dict(log_level='LOUD'), 'one of'),
    (dict(default_scope='none_such'), 'no package'),
    (dict(resume='yes'), 'must be a bool'),
    (dict(load_form='x.pth', load_from=None), "did you mean 'load_from'"),
    (dict(defualt_hooks=dict()), "did you mean 'default_hooks'"),
    (dict(
        optim_wrapper=dict(
            optimizer=dict(), paramwise_cfg=dict(norm_decay_mul=0.))),
     "did you mean 'norm_decay_mult'"),
    (dict(
        optim_wrapper=dict(
            optimizer=dict(),
            paramwise_cfg=dict(custom_keys=dict(head=dict(lr_mul=1))))),
     "did you mean 'lr_mult'"),
    (dict(optim_wrapper=dict(optimizer=dict(), constructor='X')),
     'not registered'),
    (dict(model=dict(type='Recognizer3D', test_cfg=dict(max_testing_view=1))),
     "did you mean 'max_testing_views'"),
])
def test_what_nothing_reads_is_refused_by_its_place(cfg, message):
    with pytest.raises((TypeError, ValueError, KeyError), match=message):
        check_sections(Config(cfg))


def test_a_variable_may_have_any_other_name():
    check_sections(
        Config(dict(base_lr=1, train_pipeline=[], my_hooks=dict(), data=3)))


@pytest.mark.parametrize('part', ['train', 'test'])
def test_what_a_run_needs_is_named(part):
    with pytest.raises(ValueError, match=f'no `model`.*{part}.py'):
        check_needed(Config(dict(train_cfg=dict(max_epochs=1))), part)


def test_validation_comes_with_all_its_parts():
    cfg = dict(
        model=dict(type='X'), train_cfg=dict(a=1), optim_wrapper=dict(a=1))
    with pytest.raises(ValueError, match='given together'):
        check_needed(
            Config(dict(cfg, train_dataloader=LOADER, val_cfg=dict())),
            'train')


def test_keys_of_mmengine_are_known():
    assert {'train_dataloader', 'load_from', 'compile'} <= runner_keys()
