# As kinetics400_mvd.py, on Something-Something V2: its videos are short, hence
# every 2nd frame, as VideoMAE pre-trains there.
_base_ = ['kinetics400_mvd.py']

data_root = 'data/sthv2'

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='mvd_mm.PretrainSampleFrames', clip_len=16, frame_interval=2),
    dict(type='DecordDecode'), {{_base_.multi_scale_crop}},
    dict(type='mvd_mm.TwoResolutionResize', scale=224),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )), {{_base_.masking}},
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/sthv2_train_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos'),
        pipeline=train_pipeline))
