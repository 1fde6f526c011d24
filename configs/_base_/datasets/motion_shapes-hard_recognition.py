# Clips of the harder rendered set for recognition, a fifth of them with a
# label: 8 of 24 frames, every second one, at 64 x 64 pixels.
_base_ = 'motion_shapes_recognition.py'

data_root = 'data/motion_shapes-hard'

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=64, max_bytes=2 << 30),
    {{_base_.train_sampling}},
    dict(type='DecordDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=64, max_bytes=2 << 30),
    {{_base_.val_sampling}},
    dict(type='DecordDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
test_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=64, max_bytes=2 << 30),
    {{_base_.test_sampling}},
    dict(type='DecordDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
train_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/train.txt',
        data_prefix=dict(video=data_root),
        indices=960,  # the first 960 of the 4800 of the list
        pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/val.txt',
        data_prefix=dict(video=data_root),
        pipeline=val_pipeline))
test_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/val.txt',
        data_prefix=dict(video=data_root),
        pipeline=test_pipeline))
