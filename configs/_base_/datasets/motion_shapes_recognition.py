# Clips of the rendered video set for recognition, few of them with a label:
# 8 of 20 frames, every second one, at 48 x 48 pixels. Ten classes of motion.
# No flip, rotation, reversal or RandAugment: they turn one class into another,
# for example left into right. Only the first frame of a clip varies.
data_root = 'data/motion_shapes'

# steps with names, for the pipelines of files that inherit from this one:
# MMEngine replaces lists whole
train_sampling = dict(
    type='SampleFrames',
    clip_len=8,
    frame_interval=2,
    num_clips=1,
    out_of_bound_opt='repeat_last')
# one clip, of the middle
val_sampling = dict(
    type='SampleFrames',
    clip_len=8,
    frame_interval=2,
    num_clips=1,
    out_of_bound_opt='repeat_last',
    test_mode=True)
# three views: from the first frame, the middle, to the last frame
test_sampling = dict(
    type='SampleFrames',
    clip_len=8,
    frame_interval=2,
    num_clips=3,
    out_of_bound_opt='repeat_last',
    test_mode=True)

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=48), train_sampling,
    dict(type='DecordDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=48), val_sampling,
    dict(type='DecordDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
test_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=48), test_sampling,
    dict(type='DecordDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
train_dataloader = dict(
    batch_size=16,
    # frames come from memory: a worker would only take a core from training
    num_workers=0,
    persistent_workers=False,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/train.txt',
        data_prefix=dict(video=data_root),
        indices=480,  # the first 480 of the 1920 of the list
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=32,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/val.txt',
        data_prefix=dict(video=data_root),
        pipeline=val_pipeline,
        test_mode=True))
test_dataloader = dict(
    batch_size=16,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/val.txt',
        data_prefix=dict(video=data_root),
        pipeline=test_pipeline,
        test_mode=True))
val_evaluator = dict(type='mvd_mm.TopKAccMetric')
test_evaluator = dict(type='mvd_mm.TopKAccMetric')
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
