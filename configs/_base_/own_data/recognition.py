# Fine-tuning and testing on classes of your own.
# Any of these variables can be changed on the command line, e.g.
# `--cfg-options num_classes=5 network=base`.
num_classes = 10
pretrained = None  # checkpoint of the student; None: from scratch
data_root = 'data/own'  # holds train.txt and val.txt
videos = f'{data_root}/videos'  # what the paths in the lists start from
network = 'small'  # tiny, small or base
size = 224  # pixels, a multiple of 16
frames = 16  # of a clip, a multiple of 2
frame_interval = 4  # every 4th frame of the video
test_clips = 5  # times 3 crops are the views of a test
batch_size = 16  # videos per process
epochs = 50
lr = 5e-4  # AdamW's, of the last layer, for this batch size
workers = 4

_base_ = ['../models/vit-base-p16_recognition.py', '../finetune_runtime.py']

# network -> width and heads
sizes = dict(tiny=(192, 3), small=(384, 6), base=(768, 12))
width, heads = sizes[network]
model = dict(
    backbone=dict(
        img_size=size,
        num_frames=frames,
        embed_dims=width,
        num_heads=heads,
        init_cfg=dict(checkpoint=pretrained)),
    cls_head=dict(num_classes=num_classes, in_channels=width),
    data_preprocessor=dict(blending=dict(num_classes=num_classes)))

train_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='mvd_mm.StridedSampleFrames',
        clip_len=frames,
        frame_interval=frame_interval),
    dict(type='DecordDecode'),
    dict(
        type='mvd_mm.ClipRandAugment',
        num_ops=4,
        magnitude=7,
        magnitude_std=0.5,
        prob=0.5),
    dict(type='mvd_mm.ClipRandomResizedCrop', size=size),
    # remove it where left and right are different classes
    dict(type='Flip', flip_ratio=0.5),
    dict(type='mvd_mm.ClipRandomErasing', prob=0.25),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
views = [
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FlooredResize', short_side=size),
]
pack = [
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
sampling = dict(
    type='mvd_mm.StridedSampleFrames',
    clip_len=frames,
    frame_interval=frame_interval,
    test_mode=True)
val_pipeline = [
    dict(type='DecordInit'),
    dict(num_clips=1, **sampling), *views,
    dict(type='mvd_mm.ThreeCropViews', crop_size=size, num_crops=1), *pack
]
test_pipeline = [
    dict(type='DecordInit'),
    dict(num_clips=test_clips, **sampling), *views,
    dict(type='mvd_mm.ThreeCropViews', crop_size=size, num_crops=3), *pack
]
loader = dict(num_workers=workers, persistent_workers=workers > 0)
dataset = dict(
    type='mvd_mm.CheckedVideoDataset',
    data_prefix=dict(video=videos),
    delimiter='auto')
held_out = dict(ann_file=f'{data_root}/val.txt', test_mode=True, **dataset)
train_dataloader = dict(
    batch_size=batch_size,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        ann_file=f'{data_root}/train.txt', pipeline=train_pipeline, **dataset),
    **loader)
val_dataloader = dict(
    batch_size=batch_size,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(pipeline=val_pipeline, **held_out),
    **loader)
test_dataloader = dict(
    batch_size=1,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(pipeline=test_pipeline, **held_out),
    **loader)
# of five classes or fewer, the first five are all
topk = (1, 5) if num_classes > 5 else (1, )
val_evaluator = dict(
    type='AccMetric', metric_options=dict(top_k_accuracy=dict(topk=topk)))
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
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
auto_scale_lr = dict(enable=False, base_batch_size=batch_size)
