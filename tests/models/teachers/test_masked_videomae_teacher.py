"""The masked teacher: what it sees, in which order, which layers."""
import pytest
import torch

from mvd_mm.models import MaskedVideoMAETeacher


@pytest.fixture
def teacher(vit_cfg, randomise):
    return randomise(MaskedVideoMAETeacher(vit_cfg(depth=3), layers=(1, 3)))


@pytest.fixture
def clip():
    return torch.randn(2, 3, 4, 32, 32)


@pytest.fixture
def masks():
    """6 of 32 tokens visible to the student, 10 further to the teacher."""
    rank = torch.rand(2, 32).argsort(1).argsort(1)
    return rank < 26, (rank >= 16) & (rank < 26)


def test_equals_an_encoder_with_the_teacher_s_mask(teacher, clip, masks):
    mask, wanted = masks
    middle, last = teacher.layer_features(clip, mask, wanted)
    assert middle.shape == last.shape == (2, 16, 32)
    expected = teacher.vit.encode(clip, mask & ~wanted)
    # there tokens stand in their own order, here the student's come first
    seen = ~mask | wanted
    for row in range(2):
        places = seen[row].nonzero().flatten().tolist()
        order = [i for i in places if not mask[row, i]]
        order += [i for i in places if wanted[row, i]]
        index = [places.index(i) for i in order]
        torch.testing.assert_close(
            last[row], expected[row, index], rtol=1e-5, atol=1e-5)


def test_a_layer_is_the_output_of_its_block(teacher, clip, masks, vit_cfg):
    mask, wanted = masks
    first, _ = teacher.layer_features(clip, mask, wanted)
    tokens = torch.cat(
        [teacher.vit.embed(clip, mask),
         teacher.vit.embed(clip, ~wanted)], 1)
    assert (first == teacher.vit.blocks[0](tokens)).all()


def test_features_come_before_the_closing_norm(teacher, clip, masks):
    before = teacher.layer_features(clip, *masks)
    with torch.no_grad():
        teacher.vit.norm.weight.mul_(5)
    for one, other in zip(before, teacher.layer_features(clip, *masks)):
        assert (one == other).all()


def test_a_middle_layer_alone_needs_no_later_block(vit_cfg, clip, masks):
    teacher = MaskedVideoMAETeacher(vit_cfg(depth=3), layers=(2, ))
    teacher.vit.blocks[2] = None
    feats, = teacher.layer_features(clip, *masks)
    assert feats.shape == (2, 16, 32)


def test_called_as_other_teachers_it_sees_the_whole_clip(teacher, clip):
    assert (teacher(clip) == teacher.vit.encode(clip)).all()
    assert (teacher.grid_size, teacher.out_channels) == ((2, 4, 4), 32)


@pytest.mark.parametrize('layers', [(), (0, 2), (2, 2), (3, 1), (1, 4)])
def test_refuses_blocks_that_it_does_not_have(vit_cfg, layers):
    with pytest.raises(ValueError, match='`teacher.layers` must be numbers'):
        MaskedVideoMAETeacher(vit_cfg(depth=3), layers=layers)
