import pytest
from mmengine.config import Config

from mvd_mm.apis import check_config_options, check_module_arguments
from mvd_mm.registry import HOOKS, OPTIM_WRAPPERS, PARAM_SCHEDULERS, TRANSFORMS


class FakeTransform:

    def __init__(self, grid_size, mask_ratio=0.9):
        pass


class FakeOpenHook:

    def __init__(self, **kwargs):
        pass


class FakeClosedHook:

    def __init__(self, interval=1):
        pass


class FakeWrapper:

    def __init__(self, optimizer, accumulative_counts=1):
        pass


class FakeScheduler:

    def __init__(self, optimizer, end=1):
        pass


@pytest.fixture(autouse=True)
def fake_modules():
    places = ((TRANSFORMS,
               FakeTransform), (HOOKS, FakeOpenHook), (HOOKS, FakeClosedHook),
              (OPTIM_WRAPPERS, FakeWrapper), (PARAM_SCHEDULERS, FakeScheduler))
    for registry, module in places:
        registry.register_module(module=module)
    yield
    for registry, module in places:
        del registry.module_dict[module.__name__]


class TestModuleArguments:

    def test_names_class_key_value_place_and_closest_argument(self):
        step = dict(type='mvd_mm.FakeTransform', grid_size=2, mask_rato=0.5)
        cfg = Config(dict(train=dict(pipeline=[dict(type='Other'), step])))
        with pytest.raises(TypeError) as error:
            check_module_arguments(cfg)
        for part in ('train.pipeline.1.mask_rato=0.5', 'mvd_mm.FakeTransform',
                     "did you mean 'mask_ratio'"):
            assert part in str(error.value)

    def test_an_unregistered_module_is_a_key_error_with_a_suggestion(self):
        cfg = Config(dict(model=dict(type='mvd_mm.FakeTransfrom')))
        with pytest.raises(KeyError, match='mvd_mm.FakeTransform'):
            check_module_arguments(cfg)

    def test_passes_over_classes_with_open_arguments(self):
        hook = dict(type='mvd_mm.FakeOpenHook', anything=1)
        check_module_arguments(Config(dict(custom_hooks=[hook])))

    def test_passes_over_modules_of_the_hosts(self):
        check_module_arguments(Config(dict(model=dict(type='X', anything=1))))

    @pytest.mark.parametrize('module', [
        dict(type='mvd_mm.FakeClosedHook', priority='LOW', interval=2),
        dict(
            type='mvd_mm.FakeWrapper',
            optimizer=dict(type='AdamW'),
            paramwise_cfg=dict(),
            constructor='X'),
        dict(
            type='mvd_mm.FakeScheduler',
            _scope_='mvd_mm',
            end=3,
            convert_to_iter_based=True),
    ])
    def test_accepts_what_mmengine_takes_out_itself(self, module):
        check_module_arguments(Config(dict(module=module)))


class TestConfigOptions:

    def test_refuses_a_misspelt_key_with_a_suggestion(self):
        with pytest.raises(ValueError) as error:
            check_config_options(
                Config(dict(model=dict())), {'train_dataloder.batch_size': 2})
        assert 'train_dataloder.batch_size=2' in str(error.value)
        assert "did you mean 'train_dataloader'" in str(error.value)

    @pytest.mark.parametrize('key',
                             ['randomness.seed', 'compile', 'model.x.y'])
    def test_accepts_keys_of_the_runner_and_of_the_config(self, key):
        check_config_options(Config(dict(model=dict())), {key: 1})

    def test_warns_that_a_variable_changes_nothing_computed_from_it(self):
        with pytest.warns(UserWarning, match='base_lr=1'):
            check_config_options(Config(dict(base_lr=2)), {'base_lr': 1})

    def test_accepts_no_options(self):
        check_config_options(Config(dict()), None)
