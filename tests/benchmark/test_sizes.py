"""Models of a config on other clips."""
import pytest
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope

from mvd_mm.benchmark.sizes import resize_model


@pytest.mark.parametrize('frames, size', [(8, 112), (None, 160), (32, None)])
@pytest.mark.parametrize('pair', ['micro-p16_teachers-micro'])
def test_a_resized_model_agrees_with_itself(pair, frames, size, request):
    root = request.config.rootpath / 'configs' / '_base_' / 'models'
    cfg = Config.fromfile(root / f'mvd_vit-{pair}.py').model
    resize_model(cfg, frames, size)
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg)  # refuses grids that differ
    assert model.backbone.grid_size == ((frames or 16) // 2,
                                        (size or 112) // 16,
                                        (size or 112) // 16)


def test_a_teacher_of_other_patches_keeps_the_grid(request):
    root = request.config.rootpath / 'configs' / '_base_' / 'models'
    cfg = Config.fromfile(root / 'mvd_vit-huge-p16_teachers-huge.py').model
    resize_model(cfg, 8, 112)
    image = cfg.branches.image
    assert image.teacher.vit.img_size == 98
    assert image.teacher.num_frames == 8
    assert tuple(image.decoder.grid_size) == (4, 7, 7)
