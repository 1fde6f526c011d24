# Two single frames of each clip of the rendered video set at 48 x 48 pixels:
# 6 x 6 patches of 8, three of four hidden.
_base_ = 'motion_shapes_mvd.py'

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=48),
    dict(type='SampleFrames', clip_len=1, frame_interval=1, num_clips=2),
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(
        type='mvd_mm.RandomMasking',
        grid_size=(1, 6, 6),
        mask_ratio=0.75,
        num_masks=2),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
