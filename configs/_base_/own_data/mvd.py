# MVD on clips of your own videos: the student.
# Any of these variables can be changed on the command line, e.g.
# `--cfg-options network=base size=160`.
data_root = 'data/own'  # holds train.txt
videos = f'{data_root}/videos'  # what the paths in the list start from
network = 'small'  # the student: tiny, small or base
teachers = network  # both teachers: tiny, small or base
image_teacher = 'work_dirs/own/mae/epoch_200.pth'
video_teacher = 'work_dirs/own/videomae/epoch_200.pth'
size = 224  # pixels, a multiple of 16
frames = 16  # of a clip, a multiple of 2
frame_interval = 4  # every 4th frame of the video
batch_size = 16  # videos per process
epochs = 200
lr = 3e-4  # AdamW's, for this batch size
workers = 4

_base_ = [
    '../models/mvd_vit-base-p16_teachers-base.py', '../default_runtime.py'
]

# network -> width and heads
sizes = dict(tiny=(192, 3), small=(384, 6), base=(768, 12))
width, heads = sizes[network]
teacher_width, teacher_heads = sizes[teachers]
grid = (frames // 2, size // 16, size // 16)

image_vit = dict(
    img_size=size, embed_dims=teacher_width, num_heads=teacher_heads)
decoder = dict(
    in_channels=width,
    out_channels=teacher_width,
    grid_size=grid,
    embed_dims=width,
    num_heads=heads)
model = dict(
    backbone=dict(
        img_size=size, num_frames=frames, embed_dims=width, num_heads=heads),
    branches=dict(
        image=dict(
            teacher=dict(
                vit=image_vit, num_frames=frames, checkpoint=image_teacher),
            decoder=decoder),
        video=dict(
            teacher=dict(
                vit=dict(num_frames=frames, **image_vit),
                checkpoint=video_teacher),
            decoder=decoder)))
train_dataloader = dict(
    batch_size=batch_size,
    num_workers=workers,
    persistent_workers=workers > 0,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/train.txt',
        data_prefix=dict(video=videos),
        delimiter='auto',
        pipeline=[
            dict(type='DecordInit'),
            dict(
                type='mvd_mm.PretrainSampleFrames',
                clip_len=frames,
                frame_interval=frame_interval),
            dict(type='DecordDecode'),
            dict(
                type='MultiScaleCrop',
                input_size=size,
                scales=(1, 0.875, 0.75, 0.66),
                max_wh_scale_gap=1,
                random_crop=False,
                num_fixed_crops=13),
            dict(type='mvd_mm.TwoResolutionResize', scale=size),
            dict(type='mvd_mm.FormatViews', keys=('imgs', )),
            dict(type='mvd_mm.TubeMasking', grid_size=grid, mask_ratio=0.9),
            dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
        ]))
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
auto_scale_lr = dict(enable=False, base_batch_size=batch_size)
