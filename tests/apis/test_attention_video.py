"""Attention of a network over a clip, from the file to the film."""
import cv2
import pytest
import torch
from mmengine.config import Config

from mvd_mm.apis import attention_video
from mvd_mm.apis.attention_video import draw_attention
from mvd_mm.apis.clips import denormalise, normalise
from mvd_mm.apis.recognizer import load_recognizer


@pytest.mark.parametrize('method', ['last', 'rollout', 'gradcam'])
def test_films_of_a_fine_tuned_network(recognition_run, tmp_path, method):
    config, checkpoint, videos = recognition_run
    out = tmp_path / 'film.mp4'
    meaning = draw_attention(
        str(config), videos / 'a' / '0.mp4', out, checkpoint, method)
    capture = cv2.VideoCapture(str(out))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 4
    if method == 'gradcam':
        assert 'pouring tea' in meaning or 'stirring' in meaning


def test_grad_cam_of_a_linear_mean_is_its_definition(recognition_run):
    config, checkpoint, _ = recognition_run
    model = load_recognizer(Config.fromfile(config), checkpoint)
    clip = torch.randn(1, 3, 4, 32, 32)
    heat, chosen = attention_video._grad_cam(model, clip, 1)
    assert chosen == 1 and heat.shape == (2, 4, 4)
    norm = model.backbone.blocks[-1].norm1
    seen = []
    handle = norm.register_forward_hook(lambda m, i, out: seen.append(out))
    score = model.cls_head(model.backbone(clip))[0, 1]
    handle.remove()
    grads, = torch.autograd.grad(score, seen[0])
    wanted = (grads.mean(1, keepdim=True) * seen[0]).sum(-1).clamp(min=0)
    torch.testing.assert_close(heat.flatten(), wanted[0].detach())


def test_faults(recognition_run, tmp_path):
    config, checkpoint, videos = recognition_run
    video, out = videos / 'a' / '0.mp4', tmp_path / 'o.mp4'
    for options, words in ((dict(method='first'),
                            '`method`'), (dict(label=1), "`method='gradcam'`"),
                           (dict(method='gradcam', label=2), r'0\.\.1')):
        with pytest.raises(ValueError, match=words):
            draw_attention(str(config), video, out, checkpoint, **options)
    with pytest.raises(ValueError, match='the config of fine-tuning'):
        draw_attention(checkpoint, video, out, method='gradcam')
    with pytest.raises(ValueError, match='the video itself'):
        draw_attention(str(config), video, video, checkpoint)
    with pytest.raises(ValueError, match='.gif'):
        draw_attention(str(config), video, tmp_path / 'o.avi', checkpoint)


def test_pixels_come_back_from_normalised_clips():
    pixels = torch.randint(0, 256, (1, 3, 2, 4, 4), dtype=torch.uint8)
    assert torch.equal(denormalise(normalise(pixels)), pixels)
