"""VideoMAE on the whole clip."""
import pytest
import torch
from mmaction.models.backbones.vit_mae import VisionTransformer

from mvd_mm.models import VideoMAETeacher
from mvd_mm.positions.tables import build_position_table


@pytest.fixture
def teacher(vit_cfg, randomise):
    return randomise(VideoMAETeacher(vit_cfg()))


def test_equals_the_published_features(golden, tmp_path):
    path = tmp_path / 'videomae.pth'
    torch.save({'model': golden('pretrain_plain', 'video_teacher/')}, path)
    teacher = VideoMAETeacher(
        dict(img_size=24, patch_size=8, embed_dims=48, depth=2, num_heads=4),
        checkpoint=str(path))
    teacher.init_weights()
    case = golden('pretrain_plain')
    torch.testing.assert_close(
        teacher(case['video']),
        case['video_teacher_features'],
        rtol=1e-5,
        atol=1e-5)


def test_equals_the_video_vit_of_mmaction_before_its_norm(teacher, vit_cfg):
    host = VisionTransformer(
        use_mean_pooling=True, return_feat_map=True, **vit_cfg()).eval()
    host.load_state_dict(teacher.vit.state_dict(), strict=False)
    clip = torch.randn(2, 3, 4, 32, 32)
    torch.testing.assert_close(
        teacher(clip),
        host(clip).flatten(2).transpose(1, 2),
        rtol=1e-4,
        atol=1e-4)


def test_features_come_before_the_closing_norm(teacher):
    clip = torch.randn(2, 3, 4, 32, 32)
    before = teacher(clip)
    with torch.no_grad():
        teacher.vit.norm.weight.mul_(5)
    assert (teacher(clip) == before).all()


def test_every_frame_counts(teacher):
    clip = torch.randn(1, 3, 4, 32, 32)
    before = teacher(clip)
    assert before.shape == (1, 32, 32)
    for frame in range(4):
        changed = clip.clone()
        changed[:, :, frame] += 1
        assert (teacher(changed) - before).abs().amax(-1).min() > 1e-4


def test_grid_and_width_are_those_of_the_network(teacher):
    assert teacher.grid_size == (2, 4, 4)
    assert teacher.out_channels == 32
    assert teacher.view == 'imgs'


def test_positions_are_those_of_videomae_by_default(vit_cfg):
    vit = VideoMAETeacher(vit_cfg()).vit
    assert vit.pos_embed_type == 'sinusoid_1d'
    table = build_position_table('sinusoid_1d', 32, (2, 4, 4))
    assert (vit.pos_embed == table).all()


def test_other_positions_can_be_asked_for(vit_cfg):
    default = VideoMAETeacher(vit_cfg()).vit
    vit = VideoMAETeacher(vit_cfg(pos_embed_type='sincos_3d')).vit
    assert vit.pos_embed_type == 'sincos_3d'
    assert (vit.pos_embed != default.pos_embed).any()
