import pytest

from mvd_mm.apis.config_checks.values import check_value


@pytest.mark.parametrize('key, value, kind',
                         [('lr', float('inf'), 'OPTIMIZERS'),
                          ('lr', -1, 'OPTIMIZERS'),
                          ('betas', (0.9, 1.), 'OPTIMIZERS'),
                          ('std', [1, 0], 'MODELS'),
                          ('clip_len', 0, 'TRANSFORMS'),
                          ('clip_len', 1.5, 'TRANSFORMS'),
                          ('interval', 0, 'HOOKS'),
                          ('mask_ratio', 1, 'TRANSFORMS'),
                          ('drop_path_rate', 1., 'MODELS'),
                          ('anything', [[float('nan')]], ''),
                          ('num_workers', 10**6, ''), ('batch_size', 0, '')])
def test_numbers_outside_their_range_are_named(key, value, kind):
    with pytest.raises(ValueError, match='a.b'):
        check_value('a.b', key, value, kind)


@pytest.mark.parametrize('key, value, kind', [('lr', 0, 'OPTIMIZERS'),
                                              ('interval', -1, 'HOOKS'),
                                              ('interval', 0, ''),
                                              ('depth', '50', ''),
                                              ('depth', None, ''),
                                              ('persistent', True, '')])
def test_others_pass(key, value, kind):
    check_value('a.b', key, value, kind)
