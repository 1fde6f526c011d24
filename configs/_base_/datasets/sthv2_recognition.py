# Fine-tuning and testing on Something-Something V2 as published: 16 frames
# spread over the video, at 224 pixels; no flip, as classes tell left from
# right; test views 2 interleaved clips x 3 crops; validation one centre crop
# of one clip. Pixels stay in 0..255, as kinetics400_recognition.py says.
data_root = 'data/sthv2'

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='mvd_mm.SegmentSampleFrames', clip_len=16),
    dict(type='DecordDecode'),
    # rand-m7-n4-mstd0.5-inc1
    dict(
        type='mvd_mm.ClipRandAugment',
        num_ops=4,
        magnitude=7,
        magnitude_std=0.5,
        prob=0.5),
    dict(
        type='mvd_mm.ClipRandomResizedCrop',
        size=224,
        area_range=(0.08, 1.0),
        aspect_ratio_range=(3 / 4, 4 / 3)),
    dict(
        type='mvd_mm.ClipRandomErasing',
        prob=0.25,
        area_range=(0.02, 0.33),
        aspect_ratio_range=(0.3, 3.33),
        mode='pixel'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='mvd_mm.SegmentSampleFrames',
        clip_len=16,
        num_clips=1,
        test_mode=True),
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FlooredResize', short_side=224),
    dict(type='mvd_mm.ThreeCropViews', crop_size=224, num_crops=1),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
test_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='mvd_mm.SegmentSampleFrames',
        clip_len=16,
        num_clips=2,
        test_mode=True),
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FlooredResize', short_side=224),
    dict(type='mvd_mm.ThreeCropViews', crop_size=224, num_crops=3),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
train_dataloader = dict(
    num_workers=8,
    persistent_workers=True,
    pin_memory=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    # repeats of a video stay neighbours; `batch_size` counts videos
    collate_fn=dict(type='repeat_pseudo_collate'),
    dataset=dict(
        type='mvd_mm.RepeatedAugDataset',
        ann_file=f'{data_root}/sthv2_train_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos'),
        num_repeats=2,
        sample_once=True,  # both repeats augment one clip
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/sthv2_val_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos'),
        pipeline=val_pipeline,
        test_mode=True))
test_dataloader = dict(
    batch_size=1,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/sthv2_val_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos'),
        pipeline=test_pipeline,
        test_mode=True))
val_evaluator = dict(type='AccMetric')
test_evaluator = dict(type='AccMetric')
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
