# Fine-tuning and testing on Kinetics-400 as published: 16 frames, stride 4, at
# 224 pixels; test views 5 clips x 3 crops. Validation shows the centre crop of
# one clip at a random time.
#
# Pixels stay in 0..255 throughout, for training in float32 (a crop is
# interpolated without rounding), for testing in uint8, and one
# `ActionDataPreprocessor` with ImageNet's mean and std normalises both on the
# device. As interpolation is linear, the numbers are those of the published
# order (normalise, then crop) to 1e-5; the erasing noise is scaled to match.
data_root = 'data/kinetics400'

# MMEngine replaces lists whole. The long steps therefore have names, and the
# files that inherit from this one put them into their own pipelines, e.g. as
# `{{_base_.erasing}}`.
rand_augment = dict(  # rand-m7-n4-mstd0.5-inc1
    type='mvd_mm.ClipRandAugment',
    num_ops=4,
    magnitude=7,
    magnitude_std=0.5,
    prob=0.5,
    interpolation='bicubic',
    # only what the crop below shows is computed
    lazy=True)
resized_crop = dict(
    type='mvd_mm.ClipRandomResizedCrop',
    size=224,
    area_range=(0.08, 1.0),
    aspect_ratio_range=(3 / 4, 4 / 3))
erasing = dict(
    type='mvd_mm.ClipRandomErasing',
    prob=0.25,
    area_range=(0.02, 1 / 3),
    aspect_ratio_range=(0.3, 1 / 0.3),
    mode='pixel')

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='mvd_mm.StridedSampleFrames', clip_len=16, frame_interval=4),
    dict(type='DecordDecode'), rand_augment, resized_crop,
    dict(type='Flip', flip_ratio=0.5), erasing,
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='DecordInit'),
    # a random clip, as in training
    dict(type='mvd_mm.StridedSampleFrames', clip_len=16, frame_interval=4),
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FlooredResize', short_side=224),
    dict(type='mvd_mm.ThreeCropViews', crop_size=224, num_crops=1),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
test_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='mvd_mm.StridedSampleFrames',
        clip_len=16,
        frame_interval=4,
        num_clips=5,
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
        ann_file=f'{data_root}/kinetics400_train_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos_train'),
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
        ann_file=f'{data_root}/kinetics400_val_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos_val'),
        pipeline=val_pipeline,
        test_mode=True))
test_dataloader = dict(
    batch_size=1,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/kinetics400_val_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos_val'),
        pipeline=test_pipeline,
        test_mode=True))
val_evaluator = dict(type='mvd_mm.TopKAccMetric')
test_evaluator = dict(type='mvd_mm.TopKAccMetric')
# the random clips of validation depend on the seed alone
val_cfg = dict(type='mvd_mm.SeededValLoop')
test_cfg = dict(type='TestLoop')
