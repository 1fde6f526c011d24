"""Features of files, frames and clips; axes in the wrong order."""
import cv2
import numpy as np
import pytest
import torch

from mvd_mm.apis import clip_features, read_clip
from mvd_mm.models import MVDVisionTransformer


@pytest.fixture
def vit(vit_cfg, randomise):
    return randomise(MVDVisionTransformer(**vit_cfg())).eval()


@pytest.fixture
def video(tmp_path):
    writer = cv2.VideoWriter(
        str(tmp_path / 'a.mp4'), cv2.VideoWriter_fourcc(*'mp4v'), 10, (64, 48))
    rng = np.random.default_rng(0)
    for _ in range(20):
        writer.write(
            cv2.resize(
                rng.integers(0, 256, (6, 8, 3), dtype=np.uint8), (64, 48)))
    writer.release()
    return tmp_path / 'a.mp4'


def test_file_is_read_as_the_backbone_needs_it(vit, video):
    clip = read_clip(video, num_frames=4, frame_interval=4, size=32)
    assert clip.shape == (1, 3, 4, 32, 32) and clip.abs().max() < 3
    found = clip_features(vit, video)
    torch.testing.assert_close(found, vit(clip))
    assert found.shape == (1, 32) and not found.requires_grad


def test_frames_of_the_file_give_its_features(vit, video):
    capture = cv2.VideoCapture(str(video))
    frames = [
        cv2.cvtColor(capture.read()[1], cv2.COLOR_BGR2RGB) for _ in range(20)
    ]
    # the window of 4 in the middle of every 4th frame of 20
    clip = np.stack(frames)[0::4][:4]
    found = clip_features(vit, clip)
    torch.testing.assert_close(
        found, clip_features(vit, video), atol=0.05, rtol=0.05)
    torch.testing.assert_close(clip_features(vit, torch.tensor(clip)), found)


def test_normalised_clips_are_taken_as_they_are(vit):
    clip = torch.randn(2, 3, 4, 32, 32)
    torch.testing.assert_close(clip_features(vit, clip), vit(clip))
    torch.testing.assert_close(
        clip_features(vit,
                      clip.double().numpy()), vit(clip))


def test_tokens_on_request(vit):
    clip = torch.randn(2, 3, 4, 32, 32)
    tokens = clip_features(vit, clip, pool=False)
    assert tokens.shape == (2, 32, 32)
    torch.testing.assert_close(vit.fc_norm(tokens.mean(1)), vit(clip))


def test_network_of_single_frames_sees_each(vit_cfg, randomise):
    mae = randomise(
        MVDVisionTransformer(
            use_mean_pooling=False,
            with_cls_token=True,
            **vit_cfg(
                num_frames=1, tubelet_size=1,
                pos_embed_type='sincos_2d'))).eval()
    clip = torch.randn(2, 3, 5, 32, 32)
    found = clip_features(mae, clip)
    one = torch.stack([mae(clip[:, :, t:t + 1])[:, 1:] for t in range(5)])
    torch.testing.assert_close(found, one.mean((0, 2)))
    assert clip_features(mae, clip, pool=False).shape == (2, 5 * 16, 32)


@pytest.mark.parametrize('clip, words', [
    (np.zeros((3, 4, 32, 32), np.uint8), r'axis 0.*moveaxis\(clip, 0, -1\)'),
    (np.zeros((4, 3, 32, 32), np.uint8), r'axis 1.*moveaxis\(clip, 1, -1\)'),
    (np.zeros((1, 4, 32, 32, 3), np.uint8), r'\(T, H, W, 3\), got'),
    (torch.zeros(1, 4, 3, 32, 32), r'axis 2.*moveaxis\(clip, 2, 1\)'),
    (torch.zeros(1, 4, 32, 32, 3), r'axis 4.*moveaxis\(clip, 4, 1\)'),
    (torch.zeros(3, 4, 32, 32), r'\(B, 3, T, H, W\), got'),
    (torch.full((1, 3, 4, 32, 32), 200.), 'these are pixels'),
])
def test_wrong_axes_and_ranges_are_recognised(vit, clip, words):
    with pytest.raises(ValueError, match=words):
        clip_features(vit, clip)


@pytest.mark.parametrize('clip', [torch.zeros(1, 3, 4, 32, 32).long(), 3])
def test_other_types_are_refused(vit, clip):
    with pytest.raises(TypeError, match='`clip` must be'):
        clip_features(vit, clip)


def test_missing_video_is_named(vit, tmp_path):
    with pytest.raises(FileNotFoundError, match='none.mp4'):
        clip_features(vit, tmp_path / 'none.mp4')


def test_a_backbone_of_rectangles_wants_clips(vit_cfg, video):
    vit = MVDVisionTransformer(**vit_cfg(img_size=(32, 48))).eval()
    with pytest.raises(ValueError, match='32 x 48 pixels: give normalised'):
        clip_features(vit, video)


def test_the_backbone_itself_names_wrong_channels(vit):
    with pytest.raises(ValueError, match=r'4 channels.*\(B, 3, T, H, W\)'):
        vit(torch.zeros(1, 4, 3, 32, 32))
