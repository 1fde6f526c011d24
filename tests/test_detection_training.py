"""A shipped leaf, in small, through MMEngine's runner: train, test, reload."""
import pickle
import sys

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.registry import METRICS
from mmengine.runner import Runner

LEAF = ('configs/mvd/detection/vit-base-p16_mvd-teachers-base-400e-pre_'
        '16xb8-16x4x1-30e_ava22-rgb.py')
LABELS = ''.join(f'item {{\n  name: "action {i}"\n  id: {i}\n}}\n'
                 for i in range(1, 4))


@pytest.fixture
def leaf(request, tmp_path, vit_cfg, monkeypatch):
    """The leaf with a tiny network, on one rendered video."""
    monkeypatch.chdir(tmp_path)
    writer = cv2.VideoWriter(
        str(tmp_path / 'film.mp4'), cv2.VideoWriter_fourcc(*'mp4v'), 10,
        (60, 40))
    for index in range(60):
        frame = np.full((40, 60, 3), 4 * index, dtype=np.uint8)
        cv2.circle(frame, (index, 20), 8, (0, 200, 0), -1)
        writer.write(frame)
    writer.release()
    lines, proposals = [], {}
    for second in range(1, 5):
        box = [0.1 * second, 0.25, 0.1 * second + 0.3, 0.75]
        for label in (1 + second % 2, 3):
            lines.append(f'film,{second},{",".join(map(str, box))},{label},0')
        proposals[f'film,{second:04d}'] = np.array([[*box, 0.9]])
    (tmp_path / 'ann.csv').write_text('\n'.join(lines) + '\n')
    (tmp_path / 'excluded.csv').write_text('')
    (tmp_path / 'labels.pbtxt').write_text(LABELS)
    with open(tmp_path / 'proposals.pkl', 'wb') as file:
        pickle.dump(proposals, file)

    root = request.config.rootpath
    text = (root / LEAF).read_text().replace('ava22.py', 'ava22_video.py')
    text = text.replace('../../', f'{root}/configs/')
    (tmp_path / 'leaf.py').write_text(text)
    cfg = Config.fromfile(tmp_path / 'leaf.py')
    cfg.model.backbone.update(vit_cfg())
    cfg.model.roi_head.bbox_roi_extractor.featmap_stride = 8
    cfg.model.roi_head.bbox_head.update(
        in_channels=32, num_classes=4, topk=(1, ))
    cfg.optim_wrapper.paramwise_cfg.num_layers = 2
    # the leaf's float16 needs a GPU
    cfg.optim_wrapper.update(type='OptimWrapper')
    cfg.optim_wrapper.pop('loss_scale')
    files = dict(
        ann_file=str(tmp_path / 'ann.csv'),
        exclude_file=str(tmp_path / 'excluded.csv'),
        label_file=str(tmp_path / 'labels.pbtxt'))
    for key in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        loader = cfg[key]
        loader.update(num_workers=0, persistent_workers=False)
        loader.dataset.update(
            files,
            data_prefix=dict(img=str(tmp_path)),
            timestamp_start=0,
            timestamp_end=6,
            fps=10,
            num_classes=4)
        if key != 'train_dataloader':
            loader.dataset.proposal_file = str(tmp_path / 'proposals.pkl')
        for step in loader.dataset.pipeline:
            if step.type == 'mvd_mm.SampleAVAClip':
                step.update(clip_len=4, frame_interval=1, fps=10)
            if step.type == 'Resize':
                step.scale = (-1, 36)
            if step.type == 'mvd_mm.BoxAwareRandomCrop':
                step.size = 32
    cfg.train_dataloader.batch_size = 2
    for key in ('val_evaluator', 'test_evaluator'):
        cfg[key].update(files, num_classes=4)
    cfg.train_cfg.update(max_epochs=2, val_begin=2, val_interval=2)
    cfg.param_scheduler.update(warmup=1)
    cfg.work_dir = str(tmp_path / 'work')
    cfg.randomness = dict(seed=3)
    return cfg


def train(cfg, folder):
    cfg.work_dir = str(folder)
    runner = Runner.from_cfg(cfg)
    runner.train()
    return runner.message_hub.get_scalar('val/mAP/overall').current()


@pytest.fixture
def no_operators(monkeypatch):
    """Let every operator of mmcv, compiled or not, fail."""

    def fail(*args, **kwargs):
        raise AssertionError('an operator of mmcv was called')

    extension = sys.modules['mmcv._ext']
    for name in ('nms', 'roi_align_forward', 'roi_align_backward'):
        monkeypatch.setattr(extension, name, fail)


@pytest.mark.slow
@pytest.mark.usefixtures('no_operators')
def test_trains_tests_and_repeats_itself(leaf, tmp_path, record_property):
    # without any operator, the CPU's figures are those of every mmcv
    found = [train(leaf.copy(), tmp_path / name) for name in ('one', 'two')]
    record_property('mAP', float(found[0]))  # for test_detection_operators.py
    assert 0 < found[0] <= 1
    assert found[0] == found[1]
    cfg = leaf.copy()
    cfg.load_from = str(tmp_path / 'one' / 'epoch_2.pth')
    cfg.work_dir = str(tmp_path / 'test')
    # as `tools/test.py --dump` writes it
    evaluator = cfg.test_evaluator
    dump = dict(type='DumpResults', out_file_path=str(tmp_path / 'out.pkl'))
    cfg.test_evaluator = [evaluator, dump]
    result = Runner.from_cfg(cfg).test()
    assert result['mAP/overall'] == found[0]
    assert 0 < result['mAP/mmaction2_overall'] <= 1
    assert (tmp_path / 'one' / 'best_mAP_overall_epoch_2.pth').is_file()
    metric = METRICS.build(evaluator)
    with open(tmp_path / 'out.pkl', 'rb') as file:
        metric.process(None, pickle.load(file))
    assert metric.evaluate(len(metric.results)) == {
        key: value
        for key, value in result.items() if key.startswith('mAP')
    }
