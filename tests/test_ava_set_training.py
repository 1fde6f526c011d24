"""What the builder writes is all that a training and an evaluation need."""
from pathlib import Path

import pytest
from mmengine.config import Config, DictAction
from mmengine.runner import Runner

from demo.action_shapes.parameters import describe
from demo.action_shapes.render import render

BASE = Path(__file__).parents[1] / 'configs' / '_base_'


@pytest.mark.slow
def test_rendered_set_trains_and_evaluates_without_hand_work(
        tmp_path, monkeypatch):
    pytest.importorskip('mmdet')
    pytest.importorskip('mmcv.ops')
    render(
        tmp_path / 'set',
        describe(size=(64, 32), num_train=2, num_val=1),
        workers=1)
    (tmp_path / 'cfg.py').write_text(f'''
_base_ = [{str(BASE / 'models/vit-base-p16_ava.py')!r},
          {str(BASE / 'datasets/ava22_video.py')!r},
          {str(BASE / 'default_runtime.py')!r}]
model = dict(
    backbone=dict(img_size=32, embed_dims=32, depth=1, num_heads=2),
    roi_head=dict(bbox_head=dict(in_channels=32)))
train_dataloader = dict(
    batch_size=2, num_workers=0, persistent_workers=False)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = val_dataloader
optim_wrapper = dict(optimizer=dict(type='AdamW', lr=1e-3))
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=1, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
''')
    cfg = Config.fromfile(tmp_path / 'cfg.py')
    for part in ('train', 'val', 'test'):  # the frames are 64 x 32
        for step in cfg[f'{part}_dataloader'].dataset.pipeline:
            if step['type'] == 'Resize':
                step['scale'] = (-1, 32)
            if step['type'] == 'mvd_mm.BoxAwareRandomCrop':
                step['size'] = 32
            if 'SampleAVA' in step['type']:
                step['frame_interval'] = 1
    options = {}
    for line in (tmp_path /
                 'set/annotations/cfg_options.txt').read_text().splitlines():
        key, value = line.split('=', 1)
        options[key] = DictAction._parse_iterable(value)
    cfg.merge_from_dict(options)
    cfg.work_dir = str(tmp_path / 'work')
    monkeypatch.chdir(tmp_path)  # the metric writes where it is
    runner = Runner.from_cfg(cfg)
    runner.train()
    result = runner.val_loop.run()
    assert (tmp_path / 'work/epoch_1.pth').is_file()
    assert 0 < result['mAP/overall'] <= 1
