# HMDB51, fine-tuned and tested like Kinetics-400, but with stride 2, without
# repeats, and on 10 clips x 3 crops. Split 1 of three; for another, name its
# lists in all three loaders: `{train,val,test}_dataloader.dataset.ann_file`.
_base_ = 'kinetics400_recognition.py'

data_root = 'data/hmdb51'
ann_file_val = f'{data_root}/hmdb51_val_split_1_videos.txt'
data_prefix = dict(video=f'{data_root}/videos')

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='mvd_mm.StridedSampleFrames', clip_len=16, frame_interval=2),
    dict(type='DecordDecode'), {{_base_.rand_augment}},
    {{_base_.resized_crop}},
    dict(type='Flip', flip_ratio=0.5), {{_base_.erasing}},
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='DecordInit'),
    # a random clip, as in training
    dict(type='mvd_mm.StridedSampleFrames', clip_len=16, frame_interval=2),
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
        frame_interval=2,
        num_clips=10,
        test_mode=True),
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FlooredResize', short_side=224),
    dict(type='mvd_mm.ThreeCropViews', crop_size=224, num_crops=3),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
train_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/hmdb51_train_split_1_videos.txt',
        data_prefix=data_prefix,
        num_repeats=1,
        pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(
        ann_file=ann_file_val, data_prefix=data_prefix, pipeline=val_pipeline))
test_dataloader = dict(
    dataset=dict(
        ann_file=ann_file_val, data_prefix=data_prefix,
        pipeline=test_pipeline))
