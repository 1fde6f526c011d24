"""MMAction2's own configs raise no false alarm, and no right one is missed."""
from pathlib import Path

import mmaction
import pytest
from mmengine.config import Config

from mvd_mm.apis import check_config

CONFIGS = Path(mmaction.__file__).parent / '.mim' / 'configs'
SAMPLE = [
    'recognition/tsn/tsn_imagenet-pretrained-r50_8xb32-1x1x3-100e_'
    'kinetics400-rgb.py',
    'recognition/swin/swin-tiny-p244-w877_in1k-pre_8xb8-amp-32x2x1-30e_'
    'kinetics400-rgb.py',
    'recognition/videomae/vit-base-p16_videomae-k400-pre_16x4x1_'
    'kinetics-400.py',
    'recognition/uniformer/uniformer-base_imagenet1k-pre_16x4x1_'
    'kinetics400-rgb.py',
    'recognition/slowfast/slowfast_r50_8xb8-4x16x1-256e_kinetics400-rgb.py',
    'recognition/mvit/mvit-small-p244_32xb16-16x4x1-200e_kinetics400-rgb.py',
    'detection/slowfast/slowfast_kinetics400-pretrained-r50_8xb8-8x8x1-20e_'
    'ava21-rgb.py',
    'detection/videomae/vit-base-p16_videomae-k400-pre_8xb8-16x4x1-20e-adamw_'
    'ava-kinetics-rgb.py'
]


@pytest.mark.parametrize('name', SAMPLE, ids=lambda n: n.split('/')[1])
def test_a_config_of_mmaction2_passes(name):
    path = CONFIGS / name
    if not path.is_file():
        pytest.skip(f'this version of MMAction2 has no {name}')
    check_config(Config.fromfile(path))
