# Clips of 16 frames, every 4th, at 224 pixels: 8 x 14 x 14 tokens for tubelets
# of 2 x 16 x 16, nine of ten hidden. No flip and no colour change, as
# published.
data_root = 'data/kinetics400'

# MMEngine replaces lists whole. The long steps therefore have names, and the
# files that inherit from this one put them into their own pipelines.
sampling = dict(
    type='mvd_mm.PretrainSampleFrames', clip_len=16, frame_interval=4)
multi_scale_crop = dict(
    type='MultiScaleCrop',
    input_size=224,
    scales=(1, 0.875, 0.75, 0.66),
    max_wh_scale_gap=1,
    random_crop=False,
    num_fixed_crops=13)
masking = dict(
    type='mvd_mm.TubeMasking', grid_size=(8, 14, 14), mask_ratio=0.9)

train_pipeline = [
    dict(type='DecordInit'), sampling,
    dict(type='DecordDecode'), multi_scale_crop,
    dict(type='mvd_mm.TwoResolutionResize', scale=224),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )), masking,
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(
    num_workers=8,
    persistent_workers=True,
    pin_memory=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    # stacks the clips in the workers, not in the training process
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/kinetics400_train_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos_train'),
        pipeline=train_pipeline))
