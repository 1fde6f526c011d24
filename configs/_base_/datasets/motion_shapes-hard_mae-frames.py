# Two single frames of each clip of the harder rendered set at 64 x 64 pixels:
# 8 x 8 patches of 8, three of four hidden.
_base_ = 'motion_shapes-hard_mvd.py'

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=64, max_bytes=2 << 30),
    dict(type='SampleFrames', clip_len=1, frame_interval=1, num_clips=2),
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(
        type='mvd_mm.RandomMasking',
        grid_size=(1, 8, 8),
        mask_ratio=0.75,
        num_masks=2),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
