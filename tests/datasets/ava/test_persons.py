"""Persons at key frames, with a tiny detector of MMDetection."""
from pathlib import Path

import numpy as np
import pytest

from mvd_mm.datasets.ava import formats
from mvd_mm.datasets.ava.annotations import build_annotations
from mvd_mm.datasets.ava.persons import (PersonDetector, detect_persons,
                                         replace_proposals)

pytest.importorskip('mmdet')
pytest.importorskip('mmcv.ops')
CONFIG = '''
model = dict(
    type='SingleStageDetector',
    data_preprocessor=dict(type='DetDataPreprocessor', pad_size_divisor=32),
    backbone=dict(type='ResNet', depth=18, base_channels=8, num_stages=4,
                  out_indices=(3, ), norm_eval=True),
    neck=dict(type='ChannelMapper', in_channels=[64], out_channels=16,
              kernel_size=1, num_outs=1),
    bbox_head=dict(
        type='ATSSHead', num_classes=2, in_channels=16, feat_channels=16,
        stacked_convs=1, norm_cfg=None,
        anchor_generator=dict(type='AnchorGenerator', ratios=[1.0],
                              octave_base_scale=1, scales_per_octave=1,
                              strides=[32]),
        bbox_coder=dict(type='DeltaXYWHBBoxCoder'),
        loss_cls=dict(type='FocalLoss', use_sigmoid=True),
        loss_bbox=dict(type='GIoULoss')),
    test_cfg=dict(nms_pre=100, min_bbox_size=0, score_thr=0.001,
                  nms=dict(type='nms', iou_threshold=0.6), max_per_img=9))
default_scope = 'mmdet'
test_dataloader = dict(dataset=dict(
    metainfo=dict(classes=('person', 'dog')),
    pipeline=[dict(type='LoadImageFromFile'),
              dict(type='Resize', scale=(64, 64), keep_ratio=True),
              dict(type='PackDetInputs', meta_keys=('img_id', 'img_path',
                   'ori_shape', 'img_shape', 'scale_factor'))]))
'''


@pytest.fixture
def folder(make_video, tmp_path):
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=15, size=(128, 64))
    (tmp_path / 'boxes.csv').write_text(
        'video,time,x1,y1,x2,y2,action\n'
        'a,1,0,0,16,16,walk\na,0,0,0,16,16,sit\nb,1,0,0,16,16,walk\n')
    build_annotations(tmp_path / 'v', tmp_path / 'boxes.csv', tmp_path / 'out',
                      tmp_path / 'boxes.csv')
    return tmp_path


@pytest.fixture
def detector(tmp_path):
    """Config and checkpoint of random weights."""
    import torch
    from mmdet.registry import MODELS
    from mmengine.config import Config
    from mmengine.registry import DefaultScope
    path = tmp_path / 'detector.py'
    path.write_text(CONFIG)
    with DefaultScope.overwrite_default_scope('mmdet'):
        model = MODELS.build(Config.fromfile(path).model)
    torch.save(
        dict(
            state_dict=model.state_dict(),
            meta=dict(dataset_meta=dict(classes=('person', 'dog')))),
        str(tmp_path / 'detector.pth'))
    return dict(
        detector_config=path, detector_checkpoint=tmp_path / 'detector.pth')


class TestDetectPersons:

    def test_boxes_replace_those_of_the_held_out_part(self, folder, detector):
        train = (folder / 'out/train_proposals.pkl').read_bytes()
        number, frames, path = replace_proposals(
            folder / 'out', 'val', score_thr=.001, **detector)
        found = formats.read_proposals(folder / 'out/val_proposals.pkl')
        assert path == folder / 'out/val_proposals.pkl'
        assert list(found) == ['a,0000', 'a,0001', 'b,0001']
        assert (number, frames) == (sum(map(len, found.values())), 3)
        for boxes in found.values():
            assert boxes.shape[1] == 5 and boxes.dtype == np.float32
            assert boxes.min() >= 0 and boxes.max() <= 1
            assert (np.diff(boxes[:, 4]) <= 0).all()
        assert (folder / 'out/train_proposals.pkl').read_bytes() == train

    def test_only_persons_are_kept_in_shares_of_the_frame(
            self, folder, detector):
        from mmdet.apis import inference_detector
        find = PersonDetector(
            detector['detector_config'],
            detector['detector_checkpoint'],
            score_thr=.001)
        frame = np.random.randint(0, 255, (64, 128, 3), dtype=np.uint8)
        raw = inference_detector(find.model, frame).pred_instances.numpy()
        assert set(raw.labels) == {0, 1}  # else the test could not fail
        mine = raw.bboxes[raw.labels == 0] / [128, 64, 128, 64]
        np.testing.assert_allclose(
            find(frame)[:, :4], np.clip(mine, 0, 1), atol=1e-6)

    def test_frames_are_those_of_the_timestamps(self, folder):
        # frame i of the videos is grey of level 16 * i; 10 frames a second
        seen = []
        detect_persons(folder / 'out', 'val',
                       lambda frame: seen.append(frame.mean()) or [])
        np.testing.assert_allclose(seen, [0, 160, 160], atol=4)

    def test_a_set_of_frames_is_refused(self, folder):
        meta = formats.read_meta(folder / 'out')
        formats.write_meta(folder / 'out', dict(meta, use_frames=True))
        with pytest.raises(ValueError, match='extracted frames'):
            detect_persons(folder / 'out', 'val', len)

    @pytest.mark.parametrize('name',
                             ['detector_config', 'detector_checkpoint'])
    def test_missing_files_are_named(self, folder, detector, name):
        detector[name] = Path('none.pth')
        with pytest.raises(FileNotFoundError, match=f'`{name}`.*none.pth'):
            replace_proposals(folder / 'out', 'val', **detector)

    @pytest.mark.parametrize('name', [None, 'persons.json'])
    def test_only_a_pickle_is_replaced(self, folder, detector, name):
        meta = formats.read_meta(folder / 'out')
        files = dict(ann_file='val.csv')
        if name is not None:
            files['proposal_file'] = name
        formats.write_meta(folder / 'out', dict(meta, files=dict(val=files)))
        with pytest.raises(ValueError, match=f'`out` is .*{name}.*.pkl'):
            replace_proposals(folder / 'out', 'val', **detector)
        assert not (folder / 'out/persons.json').exists()
        replace_proposals(
            folder / 'out', 'val', out=folder / 'val.pkl', **detector)
        assert (folder / 'val.pkl').is_file()

    def test_a_threshold_of_1_is_refused(self, detector):
        with pytest.raises(ValueError, match='`score_thr`'):
            PersonDetector(*detector.values(), score_thr=1.)
