"""The colours that an encoder of `transformers` was trained on."""
import pytest

from mvd_mm.models.teachers.transformers_colours import teacher_colours
from mvd_mm.models.teachers.transformers_models import encoder_config

pytest.importorskip('transformers')


def test_of_the_folder_go_before_the_published(save_model):
    config = encoder_config(dict(model_type='clip'), None)
    assert teacher_colours(config)[0][0] == 0.48145466
    found = teacher_colours(config, save_model('clip'))
    assert found == ([0.4, 0.5, 0.6], [0.2, 0.3, 0.4])
    given = teacher_colours(config, None, (1, 2, 3), (4, 5, 6))
    assert given == ((1, 2, 3), (4, 5, 6))


def test_of_an_unknown_kind_must_be_given():
    config = encoder_config(dict(model_type='vit'), None)
    with pytest.raises(ValueError, match="'vit' are not known.*`mean`"):
        teacher_colours(config)


@pytest.mark.parametrize('kind, mean', [
    ('siglip2', 0.5),
    ('dinov2', 0.485),
    ('videomae', 0.485),
])
def test_published(kind, mean):
    config = encoder_config(dict(model_type=kind), None)
    assert teacher_colours(config)[0][0] == mean
