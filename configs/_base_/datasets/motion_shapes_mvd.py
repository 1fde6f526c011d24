# Clips of the rendered video set: 8 of 20 frames, every second one, at 48 x 48
# pixels, that is, 4 x 6 x 6 tokens for tubelets of 2 x 8 x 8.
data_root = 'data/motion_shapes'

# a step with a name, for the pipelines of files that inherit from this one:
# MMEngine replaces lists whole
sampling = dict(
    type='SampleFrames',
    clip_len=8,
    frame_interval=2,
    num_clips=1,
    out_of_bound_opt='repeat_last')

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=48), sampling,
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(type='mvd_mm.TubeMasking', grid_size=(4, 6, 6), mask_ratio=0.75),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(
    batch_size=16,
    # frames come from memory: a worker would only take a core from training
    num_workers=0,
    persistent_workers=False,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/train.txt',
        data_prefix=dict(video=data_root),
        pipeline=train_pipeline))
