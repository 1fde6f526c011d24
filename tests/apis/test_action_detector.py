"""A detector scores the actions of the persons it is given."""
import numpy as np
import pytest
import torch
from mmengine.config import Config

from mvd_mm.apis.action_detector import ActionDetector


@pytest.fixture
def cfg(request):
    """A tiny detector of 3 classes for videos of 10 frames a second."""
    pytest.importorskip('mmcv.ops')
    base = request.config.rootpath / 'configs' / '_base_'
    cfg = Config.fromfile(base / 'models' / 'vit-base-p16_ava.py')
    data = Config.fromfile(base / 'datasets' / 'ava22_video.py')
    cfg.test_dataloader = data.test_dataloader
    cfg.model.backbone.update(
        img_size=32, embed_dims=32, depth=1, num_heads=2, num_frames=4)
    cfg.model.roi_head.bbox_head.update(in_channels=32, num_classes=4, topk=3)
    dataset = cfg.test_dataloader.dataset
    dataset.update(fps=10, timestamp_start=0, timestamp_end=9, num_classes=4)
    for step in dataset.pipeline:
        if 'SampleAVA' in step['type']:
            step.update(clip_len=4, frame_interval=2)
        if step['type'] == 'Resize':
            step['scale'] = (-1, 32)
    return cfg


def test_scores_of_each_person_and_class(cfg, make_video, tmp_path):
    video = make_video(tmp_path / 'a.mp4', num_frames=40, size=(64, 64))
    detector = ActionDetector(cfg, None)
    persons = np.array([[0, 0, .5, .5, .8], [.5, .5, 1, 1, .4]])
    scores = detector(video, 2, persons, 4)
    assert scores.shape == (2, 4) and (0 <= scores).all()
    # the score of the person is a factor
    assert (scores.max(axis=1) <= persons[:, 4]).all()
    half = persons * [1, 1, 1, 1, .5]
    np.testing.assert_allclose(
        detector(video, 2, half, 4), scores / 2, rtol=1e-5)


def test_weights_are_loaded(cfg, make_video, tmp_path):
    video = make_video(tmp_path / 'a.mp4', num_frames=40, size=(64, 64))
    first, other = (ActionDetector(cfg, None) for _ in range(2))
    path = str(tmp_path / 'w.pth')
    torch.save(dict(state_dict=first.model.state_dict()), path)
    persons = np.array([[0, 0, .5, .5, .8]])
    scores = [
        detector(video, 2, persons, 4)
        for detector in (first, ActionDetector(cfg, path), other)
    ]
    assert (scores[0] == scores[1]).all()
    assert (scores[0] != scores[2]).any()


def test_a_config_of_extracted_frames_is_refused(cfg):
    cfg.test_dataloader.dataset.pipeline = [
        step for step in cfg.test_dataloader.dataset.pipeline
        if step['type'] != 'DecordInit'
    ]
    with pytest.raises(ValueError, match='`config` has no DecordInit'):
        ActionDetector(cfg, None)
