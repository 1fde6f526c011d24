# A folder of the user's own videos, shrunk to a short side of 128 pixels:
# 16 frames, every second one, at 112 x 112 pixels, that is, 8 x 7 x 7 tokens
# for tubelets of 2 x 16 x 16. tools/data/build_annotations.py writes the list.
data_root = 'data/videos'

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit'),
    dict(
        type='SampleFrames',
        clip_len=16,
        frame_interval=2,
        num_clips=1,
        out_of_bound_opt='repeat_last'),
    dict(type='DecordDecode'),
    dict(
        type='MultiScaleCrop',
        input_size=112,
        scales=(1, 0.875, 0.75, 0.66),
        max_wh_scale_gap=1,
        random_crop=False,
        num_fixed_crops=13),
    dict(type='mvd_mm.TwoResolutionResize', scale=112),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(type='mvd_mm.TubeMasking', grid_size=(8, 7, 7), mask_ratio=0.75),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(
    batch_size=16,
    num_workers=1,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    # a folder may hold few videos: an epoch reads each several times
    dataset=dict(
        type='RepeatDataset',
        times=1,
        dataset=dict(
            type='mvd_mm.CheckedVideoDataset',
            ann_file=f'{data_root}/train.txt',
            data_prefix=dict(video=data_root),
            delimiter='\t',
            pipeline=train_pipeline)))
