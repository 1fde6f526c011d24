# A folder of the user's own videos, whose sub-folders name the classes, shrunk
# to a short side of 128 pixels: 16 frames, every second one, at 112 x 112
# pixels. No flip: in the user's classes left and right may differ.
# tools/data/build_annotations.py writes the lists.
data_root = 'data/videos'

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit'),
    dict(
        type='SampleFrames',
        clip_len=16,
        frame_interval=2,
        num_clips=1,
        out_of_bound_opt='repeat_last'),
    dict(type='DecordDecode'),
    dict(
        type='MultiScaleCrop',
        input_size=112,
        scales=(1, 0.875, 0.75, 0.66),
        max_wh_scale_gap=1,
        random_crop=False,
        num_fixed_crops=13),
    dict(type='Resize', scale=(112, 112), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit'),
    dict(  # one clip, of the middle
        type='SampleFrames',
        clip_len=16,
        frame_interval=2,
        num_clips=1,
        out_of_bound_opt='repeat_last',
        test_mode=True),
    dict(type='DecordDecode'),
    dict(type='Resize', scale=(-1, 112)),
    dict(type='CenterCrop', crop_size=112),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
test_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit'),
    dict(  # three views: from the first frame, the middle, to the last frame
        type='SampleFrames',
        clip_len=16,
        frame_interval=2,
        num_clips=3,
        out_of_bound_opt='repeat_last',
        test_mode=True),
    dict(type='DecordDecode'),
    dict(type='Resize', scale=(-1, 112)),
    dict(type='CenterCrop', crop_size=112),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
train_dataloader = dict(
    batch_size=16,
    num_workers=1,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    # a folder may hold few videos: an epoch reads each several times
    dataset=dict(
        type='RepeatDataset',
        times=1,
        dataset=dict(
            type='mvd_mm.CheckedVideoDataset',
            ann_file=f'{data_root}/train.txt',
            data_prefix=dict(video=data_root),
            delimiter='\t',
            pipeline=train_pipeline)))
val_dataloader = dict(
    batch_size=16,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/val.txt',
        data_prefix=dict(video=data_root),
        delimiter='\t',
        pipeline=val_pipeline,
        test_mode=True))
test_dataloader = dict(
    batch_size=8,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/val.txt',
        data_prefix=dict(video=data_root),
        delimiter='\t',
        pipeline=test_pipeline,
        test_mode=True))
val_evaluator = dict(type='AccMetric')
test_evaluator = dict(type='AccMetric')
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
