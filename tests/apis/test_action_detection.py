"""Who does what is found in a video, at the right moment, and drawn."""
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config, DictAction
from mmengine.registry import init_default_scope

from mvd_mm.apis import action_detection
from mvd_mm.apis.action_detection import (detect_actions, draw_actions,
                                          person_source)
from mvd_mm.apis.action_detector import ActionDetector
from mvd_mm.datasets.ava import build_annotations, formats

DETECTION = Path(__file__).parents[2] / 'configs' / '_base_'
HEADER = 'video,time,x1,y1,x2,y2,action\n'


@pytest.fixture
def annotated(make_video, tmp_path):
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40, size=(64, 64))
    (tmp_path / 'one.csv').write_text(HEADER + 'a,1,0,0,32,32,walk;wave\n'
                                      'a,2,16,16,48,48,sit\n')
    (tmp_path / 'two.csv').write_text(HEADER + 'b,1,0,0,32,32,walk\n')
    build_annotations(tmp_path / 'v', tmp_path / 'one.csv', tmp_path / 'out',
                      tmp_path / 'two.csv')
    return tmp_path


@pytest.fixture
def config(annotated):
    pytest.importorskip('mmcv.ops')
    options = (annotated / 'out/cfg_options.txt').read_text().split()
    path = annotated / 'cfg.py'
    path.write_text(f'''
_base_ = [{str(DETECTION / 'models/vit-base-p16_ava.py')!r},
          {str(DETECTION / 'datasets/ava22_video.py')!r},
          {str(DETECTION / 'default_runtime.py')!r}]
model = dict(
    backbone=dict(img_size=32, embed_dims=32, depth=1, num_heads=2,
                  num_frames=4),
    roi_head=dict(bbox_head=dict(in_channels=32)))
''')
    return path, options


def arguments(root, config):
    path, options = config
    # a small frame and a short clip
    cfg = Config.fromfile(path)
    for part in ('train', 'val', 'test'):
        for step in cfg[f'{part}_dataloader'].dataset.pipeline:
            if 'SampleAVA' in step['type']:
                step.update(clip_len=4, frame_interval=2)
            if step['type'] == 'Resize':
                step['scale'] = (-1, 32)
    parsed = {}
    for option in options:
        key, value = option.split('=', 1)
        parsed[key] = DictAction._parse_iterable(value)
    cfg.merge_from_dict(parsed)
    cfg.dump(str(root / 'full.py'))
    init_default_scope('mmaction')
    model = MODELS.build(dict(cfg.model))
    with torch.no_grad():
        # class 2 (of 1 to 3) is certain, whatever the picture
        model.roi_head.bbox_head.fc_cls.bias.copy_(
            torch.tensor([-9., 9., -9.]))
    torch.save(dict(state_dict=model.state_dict()), str(root / 'weights.pth'))
    return root / 'full.py', str(root / 'weights.pth')


def test_actions_of_given_persons_are_drawn(annotated, config, monkeypatch):
    formats.write_proposals(
        annotated / 'p.pkl', {
            'a,0002':
            np.array([[0, 0, .5, .5, .9], [.5, .5, 1, 1, .8],
                      [.5, 0, 1, .5, .2]])
        })
    found = {}
    original = action_detection.draw_video
    monkeypatch.setattr(
        action_detection, 'draw_video', lambda video, keys, out:
        (found.update(keys), original(video, keys, out))[1])
    numbers = draw_actions(
        *arguments(annotated, config),
        annotated / 'v/a.mp4',
        annotated / 'a.mp4',
        proposals=annotated / 'p.pkl')
    assert sorted(found) == [10, 20, 30] and not found[10] + found[30]
    # the person of score 0.2 is below the threshold
    assert [x.actions[0][0] for x in found[20]] == ['walk', 'walk']
    # action probability x person score
    assert [x.actions[0][1] for x in found[20]] == pytest.approx([.9, .8],
                                                                 abs=.01)
    assert numbers == (40, 10, 3)
    assert cv2.VideoCapture(str(annotated / 'a.mp4')).get(7) == 40


def test_weights_that_do_not_fit_are_refused(annotated, config):
    path, weights = arguments(annotated, config)
    torch.save(dict(state_dict={'x': torch.zeros(1)}), weights)
    formats.write_proposals(annotated / 'p.pkl',
                            {'a,0002': np.array([[0, 0, .5, .5, .9]])})
    with pytest.raises(ValueError, match='does not fit'):
        draw_actions(
            path,
            weights,
            annotated / 'v/a.mp4',
            annotated / 'a.mp4',
            proposals=annotated / 'p.pkl')


def test_another_rate_needs_the_pipeline_that_finds_frames_by_time(
        annotated, config):
    cfg = Config.fromfile(arguments(annotated, config)[0])
    cfg.test_dataloader.dataset.fps = 25
    detector = ActionDetector(cfg, None)
    assert detector.any_rate

    def nobody(second, frame):
        return np.zeros((0, 5))

    video = annotated / 'v/a.mp4'
    keys = detect_actions(video, detector, nobody, {}, .3, 4)
    assert keys == {10: [], 20: [], 30: []}
    cfg.test_dataloader.dataset.pipeline = [
        step for step in cfg.test_dataloader.dataset.pipeline
        if step['type'] != 'mvd_mm.AVAVideoFrames'
    ]
    detector = ActionDetector(cfg, None)
    with pytest.raises(ValueError, match='`video`.*10 frames a second.* 25'):
        detect_actions(video, detector, nobody, {}, .3, 4)


@pytest.mark.parametrize('options, words', [
    ({}, 'either `proposals` or `detector_config`'),
    (dict(detector_config=Path('x.py')), '`detector_checkpoint`'),
    (dict(proposals=Path('p.pkl')), 'no key "a,SECOND"'),
    (dict(proposals=Path('p.pkl'), detector_config=Path('x.py')),
     'either `proposals` or `detector_config`'),
])
def test_persons_need_one_source(tmp_path, monkeypatch, options, words):
    monkeypatch.chdir(tmp_path)
    formats.write_proposals(Path('p.pkl'), {'b,0001': np.ones((1, 5))})
    with pytest.raises(ValueError, match=words):
        person_source(Path('v/a.mp4'), **options)


def test_proposals_without_scores_count_in_full(tmp_path):
    formats.write_proposals(tmp_path / 'p.pkl',
                            {'a,0001': np.full((2, 4), .5)})
    find = person_source(Path('a.mp4'), proposals=tmp_path / 'p.pkl')
    frame = np.zeros((8, 8, 3), dtype=np.uint8)
    assert find(1, frame)[:, 4].tolist() == [1, 1]
    assert find(2, frame).shape == (0, 5)


@pytest.mark.parametrize('name', ['config', 'video'])
def test_missing_files_are_named(annotated, tmp_path, name):
    files = dict(config=annotated / 'one.csv', video=annotated / 'v/a.mp4')
    files[name] = tmp_path / 'none'
    with pytest.raises(FileNotFoundError, match=f'`{name}`.*none'):
        draw_actions(checkpoint='w.pth', out=tmp_path / 'o.mp4', **files)


def test_persons_may_have_the_published_form(make_video, tmp_path):
    make_video(tmp_path / 'a.mp4', num_frames=2, size=(64, 32))
    (tmp_path / 'p.json').write_text(
        json.dumps([
            dict(image_id=f'{video}_0001', bbox=[0, 8, 32, 16], score=.7)
            for video in ('a', 'other')
        ]))
    find = person_source(tmp_path / 'a.mp4', proposals=tmp_path / 'p.json')
    frame = np.zeros((32, 64, 3), dtype=np.uint8)
    np.testing.assert_allclose(find(1, frame), [[0, .25, .5, .75, .7]])
    assert find(2, frame).shape == (0, 5)
    with pytest.raises(ValueError, match='has no key "b,SECOND"$'):
        person_source(tmp_path / 'b.mp4', proposals=tmp_path / 'p.json')


def test_variables_of_the_config_are_read(make_video, tmp_path, monkeypatch):
    video = make_video(tmp_path / 'a.mp4')
    formats.write_proposals(tmp_path / 'p.pkl',
                            {'a,0000': np.array([[0, 0, .5, .5, .9]])})
    (tmp_path / 'c.py').write_text("size = 4\nmodel = dict(width=size * 2)\n")

    def detector(cfg, *args):
        raise ValueError(f'width {cfg.model.width}')

    monkeypatch.setattr(action_detection, 'ActionDetector', detector)
    with pytest.raises(ValueError, match='width 6'):
        draw_actions(
            tmp_path / 'c.py',
            'w.pth',
            video,
            tmp_path / 'b.mp4',
            proposals=tmp_path / 'p.pkl',
            cfg_options=dict(size=3))
