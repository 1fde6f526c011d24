# As kinetics400_amd.py, on Something-Something V2. Its clips are those of
# fine-tuning, not of VideoMAE's pre-training: 16 frames spread over 32, first
# and last included (0 2 4 ... 14 17 19 ... 31).
_base_ = ['kinetics400_amd.py']

data_root = 'data/sthv2'

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='mvd_mm.StridedSampleFrames', clip_len=16, frame_interval=2),
    dict(type='DecordDecode'), {{_base_.multi_scale_crop}},
    dict(type='mvd_mm.TwoResolutionResize', scale=224),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )), {{_base_.masking}},
    dict(
        type='PackActionInputs', collect_keys=('imgs', 'mask', 'teacher_mask'))
]
train_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/sthv2_train_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos'),
        pipeline=train_pipeline))
