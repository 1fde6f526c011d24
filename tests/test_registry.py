"""Everything resolves as ``mvd_mm.X`` from the scopes that configs use."""
import pytest
from mmengine import registry as mmengine_registry
from mmengine.registry import DefaultScope

from mvd_mm import datasets, engine, models, registry

NAMES = [(kind, name) for kind in registry.__all__
         for name in getattr(registry, kind).module_dict]


@pytest.mark.parametrize('scope', ['mmaction', 'mmdet', 'mmengine'])
@pytest.mark.parametrize('kind, name', NAMES)
def test_resolves_from_default_scope(kind, name, scope):
    if scope == 'mmdet':
        pytest.importorskip('mmdet')
    with DefaultScope.overwrite_default_scope(scope):
        root = getattr(mmengine_registry, kind)
        ours = getattr(registry, kind).module_dict[name]
        assert root.get(f'mvd_mm.{name}') is ours


@pytest.mark.parametrize('room',
                         [models, datasets, datasets.transforms, engine])
def test_every_exported_class_is_registered(room):
    exported = {
        name
        for name in room.__all__ if isinstance(getattr(room, name), type)
    }
    assert exported - {name for _, name in NAMES} <= {'FrozenTeacher'}


@pytest.mark.parametrize('kind', registry.__all__)
def test_modules_stand_where_the_registry_looks(kind):
    node = getattr(registry, kind)
    for module in node.module_dict.values():
        assert module.__module__.startswith(tuple(node._locations))


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
