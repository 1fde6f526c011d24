"""Each view gets the axes that MMAction2's FormatShape gives a clip."""
import numpy as np
import pytest
from mmaction.datasets.transforms import FormatShape

from mvd_mm.datasets.transforms import FormatViews


def frames(number, side):
    return np.random.randint(0, 256, (number, side, side, 3), dtype=np.uint8)


@pytest.mark.parametrize('num_clips', [1, 2])
def test_equals_format_shape_of_mmaction(num_clips):
    imgs = frames(8, 16)
    host = FormatShape('NCTHW')(
        dict(imgs=imgs, num_clips=num_clips, clip_len=8 // num_clips))
    ours = FormatViews()(dict(imgs=imgs, num_clips=num_clips))
    assert ours['imgs'].shape == (num_clips, 3, 8 // num_clips, 16, 16)
    assert (ours['imgs'] == host['imgs']).all()


def test_takes_a_list_of_frames():
    imgs = frames(4, 16)
    ours = FormatViews()(dict(imgs=list(imgs), num_clips=1))
    assert (ours['imgs'][0, :, 2] == imgs[2].transpose(2, 0, 1)).all()


def test_views_differ_in_frames_and_size():
    results = dict(imgs=frames(8, 16), other=frames(4, 14), num_clips=2)
    view = results['other']
    out = FormatViews(keys=('imgs', 'other'))(results)
    assert out['imgs'].shape == (2, 3, 4, 16, 16)
    assert out['other'].shape == (2, 3, 2, 14, 14)
    assert (out['other'][1, :, 0] == view[2].transpose(2, 0, 1)).all()


def test_stays_in_bytes_and_contiguous():
    out = FormatViews()(dict(imgs=frames(4, 16), num_clips=1))['imgs']
    assert out.dtype == np.uint8
    assert out.flags['C_CONTIGUOUS']


def test_a_missing_view_is_named():
    with pytest.raises(KeyError, match='imgs_image_teacher'):
        FormatViews(['imgs', 'imgs_image_teacher'])(
            dict(imgs=frames(4, 16), num_clips=1))


def test_print_shows_the_views():
    assert repr(FormatViews(['a', 'b'])) == "FormatViews(keys=('a', 'b'))"
