"""The counts are those of the recipes."""
import pytest
from mmengine.config import Config

from mvd_mm.benchmark.arithmetic import pretraining_gmacs, recognition_gmacs

PAIRS = {
    'small-p16_teachers-base': 393,
    'small-p16_teachers-large': 1162,
    'base-p16_teachers-base': 553,
    'base-p16_teachers-large': 1323,
    'large-p16_teachers-large': 1429,
    'huge-p16_teachers-huge': 3055,
}


def model(request, name):
    root = request.config.rootpath / 'configs' / '_base_' / 'models'
    return Config.fromfile(root / f'{name}.py').model


@pytest.mark.parametrize('pair', PAIRS)
def test_a_step_of_each_published_pair(pair, request):
    parts = pretraining_gmacs(model(request, f'mvd_vit-{pair}'), 0.9)
    assert sum(parts.values()) == pytest.approx(PAIRS[pair], rel=0.02)


def test_parts_of_the_base_pair(request):
    parts = pretraining_gmacs(
        model(request, 'mvd_vit-base-p16_teachers-base'), 0.9)
    # 180: the figure of VideoMAE's paper for ViT-B on 16 frames
    assert parts['teacher_video'] == pytest.approx(180, rel=0.01)
    assert parts['teacher_image'] == pytest.approx(141, rel=0.01)
    # of visible tokens alone; 48 where the hidden ones are embedded as well
    assert parts['student'] == pytest.approx(43, rel=0.02)
    assert parts['decoder_image'] == parts['decoder_video']


def test_training_counts_three_passes(request):
    backbone = model(request, 'vit-base-p16_recognition').backbone
    one = recognition_gmacs(backbone, False)['backbone']
    assert one == pytest.approx(180, rel=0.01)
    assert recognition_gmacs(backbone, True)['backbone'] == 3 * one
