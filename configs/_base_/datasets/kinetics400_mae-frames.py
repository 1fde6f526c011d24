# Four single frames of each video, one per quarter, at 224 pixels: 14 x 14
# patches of 16, three of four hidden. MAE's crop and flip, drawn once per
# video: its four frames share them; each frame has a mask of its own.
data_root = 'data/kinetics400'

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
        grid_size=(1, 14, 14),
        mask_ratio=0.75,
        num_masks=4),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(
    num_workers=8,
    persistent_workers=True,
    pin_memory=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    # stacks the frames in the workers, not in the training process
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/kinetics400_train_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos_train'),
        pipeline=train_pipeline))
