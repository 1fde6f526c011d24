"""A tiny recogniser with its config, checkpoint and videos."""
import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope

SIZE, FRAMES = 32, 4


def write_noise(path, seed, num_frames=12, size=(64, 48), rate=10):
    """A video whose frames differ from each other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(seed)
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'mp4v'), rate, size)
    base = draw.integers(0, 256, (6, 6, 3), dtype=np.uint8)
    for index in range(num_frames):
        frame = cv2.resize(np.roll(base, index, axis=1), size)
        writer.write(np.ascontiguousarray(frame))
    writer.release()
    return path


@pytest.fixture
def noise_video():
    return write_noise


@pytest.fixture
def recognition_run(tmp_path, vit_cfg, randomise):
    """Config, checkpoint and folder with three videos of two classes."""
    videos = tmp_path / 'videos'
    for seed, name in enumerate(('a/0.mp4', 'b/0.mp4', 'b/long.mp4')):
        write_noise(videos / name, seed, 12 if seed < 2 else 40)
    lists = tmp_path / 'lists'
    lists.mkdir()
    (lists / 'val.txt').write_text('a/0.mp4\t0\nb/0.mp4\t1\n'
                                   'b/long.mp4\t1\n')
    (lists / 'classes.txt').write_text('pouring tea\nstirring\n')

    def pipeline(clips, crops):
        return [
            dict(type='DecordInit'),
            dict(
                type='mvd_mm.StridedSampleFrames',
                clip_len=FRAMES,
                frame_interval=1,
                num_clips=clips,
                test_mode=True),
            dict(type='DecordDecode'),
            dict(type='mvd_mm.FlooredResize', short_side=SIZE),
            dict(
                type='mvd_mm.ThreeCropViews', crop_size=SIZE, num_crops=crops),
            dict(type='FormatShape', input_format='NCTHW'),
            dict(type='PackActionInputs')
        ]

    def loader(*views):
        return dict(
            batch_size=1,
            num_workers=0,
            sampler=dict(type='DefaultSampler', shuffle=False),
            dataset=dict(
                type='mvd_mm.CheckedVideoDataset',
                ann_file=str(lists / 'val.txt'),
                data_prefix=dict(video=str(videos)),
                test_mode=True,
                pipeline=pipeline(*views)))

    cfg = Config(
        dict(
            default_scope='mmaction',
            model=dict(
                type='Recognizer3D',
                backbone=dict(type='mvd_mm.MVDVisionTransformer', **vit_cfg()),
                cls_head=dict(
                    type='mvd_mm.RecognitionHead',
                    num_classes=2,
                    in_channels=32,
                    average_clips='prob'),
                data_preprocessor=dict(
                    type='ActionDataPreprocessor',
                    format_shape='NCTHW',
                    mean=[123.675, 116.28, 103.53],
                    std=[58.395, 57.12, 57.375])),
            val_dataloader=loader(1, 1),
            test_dataloader=loader(2, 3)))
    init_default_scope('mmaction')
    model = randomise(MODELS.build(cfg.model))
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'tuned.pth')
    cfg.dump(str(tmp_path / 'config.py'))
    return tmp_path / 'config.py', str(tmp_path / 'tuned.pth'), videos
