# As kinetics400_mae-frames.py, with masks over 16 x 16 patches of 14.
_base_ = ['kinetics400_mae-frames.py']

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='SampleFrames', clip_len=1, frame_interval=1, num_clips=4),
    dict(type='DecordDecode'),
    dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
    dict(type='mvd_mm.TwoResolutionResize', scale=224),
    dict(type='Flip', flip_ratio=0.5),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(
        type='mvd_mm.RandomMasking',
        grid_size=(1, 16, 16),
        mask_ratio=0.75,
        num_masks=4),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
