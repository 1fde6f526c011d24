"""Everything resolves as ``mvd_mm.X`` from the scopes that configs use."""
import pytest
from mmengine import registry as mmengine_registry
from mmengine.registry import DefaultScope

from mvd_mm import datasets, engine, models, registry

NAMES = [(kind, name, module) for kind, module, names in (
    ('MODELS', models, models.__all__),
    ('DATASETS', datasets, ['CheckedVideoDataset']),
    ('TRANSFORMS', datasets.transforms, datasets.transforms.__all__),
    ('OPTIM_WRAPPERS', engine, ['AutocastOptimWrapper']),
    ('PARAM_SCHEDULERS', engine, ['WarmupCosineLR']),
    ('HOOKS', engine,
     ['FiniteLossHook', 'GradNormHook', 'RunSummaryHook', 'StrictLoadingHook']
     ),
    ('LOOPS', engine, ['KNNTestLoop']),
) for name in names if name != 'FrozenTeacher']


@pytest.mark.parametrize('scope', ['mmaction', 'mmdet', 'mmengine'])
@pytest.mark.parametrize('kind, name, module', NAMES)
def test_resolves_from_default_scope(kind, name, module, scope):
    if scope == 'mmdet':
        pytest.importorskip('mmdet')
    with DefaultScope.overwrite_default_scope(scope):
        root = getattr(mmengine_registry, kind)
        assert root.get(f'mvd_mm.{name}') is getattr(module, name)


@pytest.mark.parametrize('scope', ['mmaction', 'mmdet'])
def test_resolves_inside_a_dict_of_another_scope(scope):
    if scope == 'mmdet':
        pytest.importorskip('mmdet')
    with DefaultScope.overwrite_default_scope('mmaction'):
        loss = mmengine_registry.MODELS.build(
            dict(type='mvd_mm.RegressionLoss', _scope_=scope))
    assert type(loss) is models.RegressionLoss


@pytest.mark.parametrize('kind', registry.__all__)
def test_parent_is_the_root_of_mmengine(kind):
    node = getattr(registry, kind)
    assert node.parent is getattr(mmengine_registry, kind)
    assert node.scope == 'mvd_mm'


def test_base_class_of_teachers_cannot_be_built():
    assert 'FrozenTeacher' not in registry.MODELS.module_dict


def test_does_not_shadow_modules_of_the_hosts():
    from mmaction.registry import DATASETS, MODELS, TRANSFORMS
    for ours, hosts in ((registry.MODELS, MODELS),
                        (registry.DATASETS, DATASETS), (registry.TRANSFORMS,
                                                        TRANSFORMS)):
        assert not set(ours.module_dict) & set(hosts.module_dict)
