# Four single frames of each of the user's own videos at 112 x 112 pixels:
# 7 x 7 patches of 16, three of four hidden.
_base_ = 'videos_mvd.py'

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit'),
    dict(type='SampleFrames', clip_len=1, frame_interval=1, num_clips=4),
    dict(type='DecordDecode'),
    dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
    dict(type='mvd_mm.TwoResolutionResize', scale=112),
    dict(type='Flip', flip_ratio=0.5),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(
        type='mvd_mm.RandomMasking',
        grid_size=(1, 7, 7),
        mask_ratio=0.75,
        num_masks=4),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(dataset=dict(dataset=dict(pipeline=train_pipeline)))
