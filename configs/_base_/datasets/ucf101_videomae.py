# VideoMAE on UCF101, split 1 (the script names none): as on Kinetics-400, but
# three of four patches hidden, not nine of ten. For other lists set
# `train_dataloader.dataset.ann_file`.
_base_ = ['kinetics400_videomae.py']

data_root = 'data/ucf101'

train_pipeline = [
    dict(type='DecordInit'), {{_base_.sampling}},
    dict(type='DecordDecode'), {{_base_.multi_scale_crop}},
    dict(type='mvd_mm.TwoResolutionResize', scale=224),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(type='mvd_mm.TubeMasking', grid_size=(8, 14, 14), mask_ratio=0.75),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/ucf101_train_split_1_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos'),
        pipeline=train_pipeline))
