# Fine-tuning and testing on classes of your own. These variables, and those at
# the top of variables.py, are options of the command line, e.g.
# `--cfg-options num_classes=5 network=base`.
num_classes = 10
pretrained = None  # checkpoint of the student; None: from scratch
test_clips = 5  # times 3 crops are the views of a test
epochs = 50
lr = 5e-4  # AdamW's, of the last layer, for this batch size

_base_ = [
    'variables.py', '../models/vit-base-p16_recognition.py',
    '../finetune_runtime.py'
]

width, heads = _base_.sizes[_base_.network]
model = dict(
    backbone=dict(
        img_size=_base_.size,
        num_frames=_base_.frames,
        embed_dims=width,
        num_heads=heads,
        init_cfg=dict(checkpoint=pretrained)),
    cls_head=dict(num_classes=num_classes, in_channels=width),
    data_preprocessor=dict(blending=dict(num_classes=num_classes)))

train_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='mvd_mm.StridedSampleFrames',
        clip_len=_base_.frames,
        frame_interval=_base_.frame_interval),
    dict(type='DecordDecode'),
    dict(
        type='mvd_mm.ClipRandAugment',
        num_ops=4,
        magnitude=7,
        magnitude_std=0.5,
        prob=0.5,
        # only what the crop below shows is computed
        lazy=True),
    dict(type='mvd_mm.ClipRandomResizedCrop', size=_base_.size),
    # remove it where left and right are different classes
    dict(type='Flip', flip_ratio=0.5),
    dict(type='mvd_mm.ClipRandomErasing', prob=0.25),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
views = [
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FlooredResize', short_side=_base_.size),
]
pack = [
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
sampling = dict(
    type='mvd_mm.StridedSampleFrames',
    clip_len=_base_.frames,
    frame_interval=_base_.frame_interval,
    test_mode=True)
val_pipeline = [
    dict(type='DecordInit'),
    dict(num_clips=1, **sampling), *views,
    dict(type='mvd_mm.ThreeCropViews', crop_size=_base_.size, num_crops=1),
    *pack
]
test_pipeline = [
    dict(type='DecordInit'),
    dict(num_clips=test_clips, **sampling), *views,
    dict(type='mvd_mm.ThreeCropViews', crop_size=_base_.size, num_crops=3),
    *pack
]
held_out = dict(
    ann_file=f'{_base_.data_root}/val.txt', test_mode=True, **_base_.dataset)
train_dataloader = dict(
    batch_size=_base_.batch_size,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        ann_file=f'{_base_.data_root}/train.txt',
        pipeline=train_pipeline,
        **_base_.dataset),
    **_base_.loader)
val_dataloader = dict(
    batch_size=_base_.batch_size,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(pipeline=val_pipeline, **held_out),
    **_base_.loader)
test_dataloader = dict(
    batch_size=1,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(pipeline=test_pipeline, **held_out),
    **_base_.loader)
# leaves out top-5 among five classes or fewer
val_evaluator = dict(type='mvd_mm.TopKAccMetric')
test_evaluator = val_evaluator

# bfloat16 where that is faster, float32 elsewhere; on GPUs and on CPUs
optim_wrapper = dict(
    type='mvd_mm.AutocastOptimWrapper',
    dtype='auto',
    optimizer=dict(
        type='mvd_mm.FusedAdamW', lr=lr, betas=(0.9, 0.999),
        weight_decay=0.05),
    constructor='LearningRateDecayOptimizerConstructor',
    paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(
    type='mvd_mm.WarmupCosineLR',
    convert_to_iter_based=True,
    warmup=5,
    eta_min_ratio=0.01)
train_cfg = dict(
    type='mvd_mm.ResumableTrainLoop', max_epochs=epochs, val_interval=5)
# the random clips of validation depend on the seed alone
val_cfg = dict(type='mvd_mm.SeededValLoop')
test_cfg = dict(type='TestLoop')
