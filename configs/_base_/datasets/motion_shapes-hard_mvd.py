# Clips of the harder rendered set: 8 of 24 frames, every second one, at
# 64 x 64 pixels, that is, 4 x 8 x 8 tokens for tubelets of 2 x 8 x 8.
_base_ = 'motion_shapes_mvd.py'

data_root = 'data/motion_shapes-hard'

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=64, max_bytes=2 << 30),
    {{_base_.sampling}},
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(type='mvd_mm.TubeMasking', grid_size=(4, 8, 8), mask_ratio=0.75),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/train.txt',
        data_prefix=dict(video=data_root),
        pipeline=train_pipeline))
