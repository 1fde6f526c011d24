# As sthv2_recognition.py, except for videos of less than 16 frames, of which
# MVD spreads what there is: VideoMAE shows frame 0 sixteen times.
_base_ = 'sthv2_recognition.py'

train_sampling = dict(
    type='mvd_mm.SegmentSampleFrames', clip_len=16, short_videos='first')

train_pipeline = [
    dict(type='DecordInit'), train_sampling,
    dict(type='DecordDecode'), {{_base_.rand_augment}},
    {{_base_.resized_crop}}, {{_base_.erasing}},
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
val_pipeline = [
    # a random clip, as in training
    dict(type='DecordInit'),
    train_sampling,
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FlooredResize', short_side=224),
    dict(type='mvd_mm.ThreeCropViews', crop_size=224, num_crops=1),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
