import pytest
from mmengine.config import Config

from mvd_mm.apis import check_config_options
from mvd_mm.apis.config_checks import merge_options


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

    @pytest.mark.parametrize('option, message', [
        ('data.x', "no 'x' there.*'size'"),
        ('data..x', 'empty part'),
    ])
    def test_refuses_a_key_that_a_variable_lacks(self, option, message):
        with pytest.raises(ValueError, match=message):
            check_config_options(Config(dict(data=dict(size=1))), {option: 1})


class TestMerge:

    @pytest.mark.parametrize('option, message', [
        ('work_dir.x', "`work_dir` is 'w', which has nothing inside"),
        ('custom_hooks.3.interval', 'a list of 1'),
        ('custom_hooks.x.interval', "'x' names no item"),
    ])
    def test_a_place_that_is_not_there_is_named(self, option, message):
        cfg = Config(dict(work_dir='w', custom_hooks=[dict(type='X')]))
        with pytest.raises(ValueError, match=message) as error:
            merge_options(cfg, {option: 1})
        assert f'--cfg-options {option}=1' in str(error.value)

    def test_lists_and_dicts_are_changed_in_their_place(self):
        cfg = Config(dict(a=[dict(b=1), dict(b=2)], c=dict(d=1)))
        merge_options(cfg, {'a.1.b': 3, 'c.d': 4})
        assert cfg.a == [dict(b=1), dict(b=3)] and cfg.c.d == 4
