"""MAE on the frames of a clip."""
import pytest
import torch

from mvd_mm.models import MAEImageTeacher
from mvd_mm.positions import build_position_table, resize_position_table


@pytest.fixture
def build(randomise):

    def make(img_size=32, patch_size=8, **options):
        vit = dict(
            img_size=img_size,
            patch_size=patch_size,
            embed_dims=16,
            depth=2,
            num_heads=2)
        options.setdefault('num_frames', 4)
        return randomise(MAEImageTeacher(vit, **options))

    return make


def features(teacher, frame):
    """Features of single frames (B, 3, H, W) without the class token."""
    return teacher.vit.encode(frame.unsqueeze(2))[:, 1:]


def test_equals_the_published_features(golden, tmp_path):
    path = tmp_path / 'mae.pth'
    torch.save({'model': golden('pretrain_plain', 'image_teacher/')}, path)
    teacher = MAEImageTeacher(
        dict(img_size=24, patch_size=8, embed_dims=16, depth=2, num_heads=2),
        num_frames=16,
        checkpoint=str(path))
    teacher.init_weights()
    case = golden('pretrain_plain')
    torch.testing.assert_close(
        teacher(case['video_for_image_teacher']),
        case['image_teacher_features'],
        rtol=1e-5,
        atol=1e-5)


def test_positions_of_a_file_at_224_are_built_for_frames_of_196(
        build, manifests, randomise, tmp_path):
    # the published H/14 in small: patches of 2 pixels, width 16, two blocks
    sizes = {1280: 16, 3840: 48, 5120: 64, 14: 2}
    weights = {
        key: 0.2 * torch.randn([sizes.get(n, n) for n in shape])
        for key, shape in manifests['mae_pretrain_huge'].items()
        if not key.startswith('blocks.') or key[:9] in ('blocks.0.',
                                                        'blocks.1.')
    }
    zeros = torch.zeros(1, 1, 16)
    table = build_position_table('sincos_2d', 16, (1, 16, 16))
    weights['pos_embed'] = torch.cat([zeros, table], dim=1)
    assert weights['pos_embed'].shape == (1, 257, 16)
    path, clip = tmp_path / 'mae.pth', torch.randn(2, 3, 2, 28, 28)

    def targets():
        torch.save({'model': weights}, path)
        teacher = build(28, 2, num_frames=2, checkpoint=str(path))
        teacher.init_weights()
        return teacher(clip)

    found = targets()
    fresh = build_position_table('sincos_2d', 16, (1, 14, 14))
    weights['pos_embed'] = torch.cat([zeros, fresh], dim=1)
    torch.testing.assert_close(found, targets(), rtol=0, atol=1e-6)
    # a resized table, here a learned one, gives other targets
    table = resize_position_table(table, (1, 16, 16), (1, 14, 14))
    weights['pos_embed'] = torch.cat([zeros, table], dim=1)
    change = (targets() - found).pow(2).mean() / found.pow(2).mean()
    assert change.sqrt() > 0.02


def test_looks_at_frame_0_of_each_tubelet(build):
    teacher, clip = build(), torch.randn(2, 3, 4, 32, 32)
    feats = teacher(clip)
    expected = torch.cat([features(teacher, clip[:, :, t]) for t in (0, 2)],
                         dim=1)
    torch.testing.assert_close(feats, expected)
    clip[:, :, 1::2] += 100
    assert (teacher(clip) == feats).all()


def test_all_frames_are_concatenated_frame_after_frame(build):
    teacher, clip = build(all_frames=True), torch.randn(2, 3, 4, 32, 32)
    feats = teacher(clip)
    assert teacher.out_channels == 32
    assert feats.shape == (2, 32, 32)
    for token, frame, part in ((slice(0, 16), 0, slice(0,
                                                       16)), (slice(0, 16), 1,
                                                              slice(16, 32)),
                               (slice(16,
                                      32), 2, slice(0, 16)), (slice(16, 32), 3,
                                                              slice(16, 32))):
        torch.testing.assert_close(feats[:, token, part],
                                   features(teacher, clip[:, :, frame]))


def test_a_view_of_first_frames_is_taken_as_it_is(build):
    teacher, clip = build(), torch.randn(2, 3, 4, 32, 32)
    torch.testing.assert_close(teacher(clip[:, :, ::2]), teacher(clip))


def test_class_token_is_dropped(build):
    teacher = build()
    feats = teacher(torch.randn(2, 3, 4, 32, 32))
    assert teacher.grid_size == (2, 4, 4)
    assert feats.shape == (2, 2 * 4 * 4, teacher.out_channels)
    assert teacher.vit.cls_token is not None


def test_class_token_is_attended_to(build):
    teacher, clip = build(), torch.randn(2, 3, 4, 32, 32)
    before = teacher(clip)
    with torch.no_grad():
        teacher.vit.cls_token[..., 0] += 5
    assert (teacher(clip) - before).abs().max() > 1e-3


def test_features_come_before_the_closing_norm(build):
    teacher, clip = build(), torch.randn(2, 3, 4, 32, 32)
    before = teacher(clip)
    with torch.no_grad():
        teacher.vit.norm.weight.mul_(5)
    assert (teacher(clip) == before).all()


def test_another_resolution_gives_the_same_grid(build):
    teacher = build(img_size=28, patch_size=7, view='imgs_image_teacher')
    assert teacher.view == 'imgs_image_teacher'
    assert teacher.grid_size == (2, 4, 4)
    assert teacher(torch.randn(2, 3, 4, 28, 28)).shape == (2, 32, 16)


@pytest.mark.parametrize('all_frames, frames', [(False, 3), (False, 8),
                                                (True, 2)])
def test_rejects_another_number_of_frames(build, all_frames, frames):
    teacher = build(all_frames=all_frames)
    with pytest.raises(ValueError, match=f'`imgs` has {frames} frames.* 4 '):
        teacher(torch.randn(1, 3, frames, 32, 32))


def test_rejects_frames_that_the_tubelet_does_not_divide(build):
    with pytest.raises(ValueError, match='`num_frames`.*5 and 2'):
        build(num_frames=5, tubelet_size=2)
