"""Where a network computes."""
import pytest
import torch
from mmengine.device import get_device

from mvd_mm.utils.devices import chosen_device


def test_devices_are_there_or_named():
    assert chosen_device('cpu') == 'cpu'
    assert chosen_device() == get_device()
    with pytest.raises(ValueError, match="`device` 'gpu' is none"):
        chosen_device('gpu')
    missing = f'cuda:{torch.cuda.device_count()}'
    with pytest.raises(ValueError, match=f'{missing}.*tools/doctor.py'):
        chosen_device(missing)
