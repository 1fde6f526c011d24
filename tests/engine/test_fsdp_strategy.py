"""What FSDP spreads; its training is compared by tests/tools/scaling.py."""
import pytest
from mmengine.logging import MMLogger
from torch import nn

from mvd_mm.engine import FSDPStrategy
from mvd_mm.engine.fsdp_strategy import _frozen_parts, _units


@pytest.fixture
def network():
    teacher = nn.ModuleDict(
        dict(blocks=nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])))
    teacher.requires_grad_(False)
    return nn.ModuleDict(
        dict(
            teacher=teacher,
            blocks=nn.ModuleList([nn.Linear(2, 2) for _ in range(2)]),
            norm=nn.LayerNorm(2),
            empty=nn.Identity()))


def test_parts_that_do_not_learn_stay_whole(network):
    assert list(_frozen_parts(network)) == [network['teacher']]
    network['blocks'][0].requires_grad_(False)
    assert list(
        _frozen_parts(network)) == [network['teacher'], network['blocks'][0]]


def test_blocks_that_learn_are_units(network):
    units = _units(network, list(_frozen_parts(network)))
    assert units == {id(block) for block in network['blocks']}


def test_one_process_alone_is_refused(network, tmp_path):
    strategy = FSDPStrategy(
        work_dir=str(tmp_path),
        env_kwargs=dict(launcher='none'),
        log_kwargs=dict(name=f'fsdp-{tmp_path}'))
    with pytest.raises(ValueError, match='but there is one'):
        strategy.prepare(network)
    MMLogger._instance_dict.pop(f'fsdp-{tmp_path}', None)
