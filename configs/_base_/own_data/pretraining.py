# What MAE, VideoMAE and MVD on your own videos have in common. The variables
# of this file are options of the command line, as those of variables.py are.
epochs = 200
lr = 3e-4  # AdamW's, for this batch size

_base_ = ['variables.py', '../default_runtime.py']

grid = (_base_.frames // 2, _base_.size // 16, _base_.size // 16)
clip_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='mvd_mm.PretrainSampleFrames',
        clip_len=_base_.frames,
        frame_interval=_base_.frame_interval),
    dict(type='DecordDecode'),
    dict(
        type='MultiScaleCrop',
        input_size=_base_.size,
        scales=(1, 0.875, 0.75, 0.66),
        max_wh_scale_gap=1,
        random_crop=False,
        num_fixed_crops=13),
    dict(type='mvd_mm.TwoResolutionResize', scale=_base_.size),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(type='mvd_mm.TubeMasking', grid_size=grid, mask_ratio=0.9),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(
    batch_size=_base_.batch_size,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        ann_file=f'{_base_.data_root}/train.txt',
        pipeline=clip_pipeline,
        **_base_.dataset),
    **_base_.loader)
# bfloat16 where that is faster, float32 elsewhere; on GPUs and on CPUs
optim_wrapper = dict(
    type='mvd_mm.AutocastOptimWrapper',
    dtype='auto',
    optimizer=dict(
        type='mvd_mm.FusedAdamW', lr=lr, betas=(0.9, 0.95), weight_decay=0.05),
    paramwise_cfg=dict(
        norm_decay_mult=0., bias_decay_mult=0., flat_decay_mult=0.))
param_scheduler = dict(
    type='mvd_mm.WarmupCosineLR',
    convert_to_iter_based=True,
    warmup=20,
    eta_min_ratio=0.01)
train_cfg = dict(type='mvd_mm.ResumableTrainLoop', max_epochs=epochs)
