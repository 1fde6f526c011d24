# Fine-tuning and testing on Something-Something V2 as published: 16 frames
# spread over the video; no flip, as classes tell left from right; test views 2
# interleaved clips x 3 crops. The rest is that of Kinetics-400.
_base_ = 'kinetics400_recognition.py'

data_root = 'data/sthv2'
ann_file_val = f'{data_root}/sthv2_val_list_videos.txt'
data_prefix = dict(video=f'{data_root}/videos')

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='mvd_mm.SegmentSampleFrames', clip_len=16),
    dict(type='DecordDecode'), {{_base_.rand_augment}},
    {{_base_.resized_crop}}, {{_base_.erasing}},
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='DecordInit'),
    # a random clip, as in training
    dict(type='mvd_mm.SegmentSampleFrames', clip_len=16),
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
    dataset=dict(
        ann_file=f'{data_root}/sthv2_train_list_videos.txt',
        data_prefix=data_prefix,
        pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(
        ann_file=ann_file_val, data_prefix=data_prefix, pipeline=val_pipeline))
test_dataloader = dict(
    dataset=dict(
        ann_file=ann_file_val, data_prefix=data_prefix,
        pipeline=test_pipeline))
