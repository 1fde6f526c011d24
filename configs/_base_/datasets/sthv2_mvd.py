# As kinetics400_mvd.py, on Something-Something V2: its videos are short, hence
# every 2nd frame, as VideoMAE pre-trains there.
_base_ = ['kinetics400_mvd.py']

data_root = 'data/sthv2'

train_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='SampleFrames',
        clip_len=16,
        frame_interval=2,
        num_clips=1,
        out_of_bound_opt='repeat_last'),
    dict(type='DecordDecode'),
    dict(
        type='MultiScaleCrop',
        input_size=224,
        scales=(1, 0.875, 0.75, 0.66),
        max_wh_scale_gap=1,
        random_crop=False,
        num_fixed_crops=13),
    dict(type='mvd_mm.TwoResolutionResize', scale=224),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(type='mvd_mm.TubeMasking', grid_size=(8, 14, 14), mask_ratio=0.9),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/sthv2_train_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos'),
        pipeline=train_pipeline))
