# MAE on single frames of your own videos: the image teacher.
# Any of these variables can be changed on the command line, e.g.
# `--cfg-options network=base size=160`.
data_root = 'data/own'  # holds train.txt
videos = f'{data_root}/videos'  # what the paths in the list start from
network = 'small'  # tiny, small or base
size = 224  # pixels, a multiple of 16
frames = 16  # not used: MAE sees single frames; one set of options for all
batch_size = 16  # videos per process
epochs = 200
lr = 3e-4  # AdamW's, for this batch size
workers = 4

_base_ = ['../models/mae_vit-base-p16.py', '../default_runtime.py']

# network -> width and heads, of the encoder and of the decoder
sizes = dict(tiny=(192, 3, 256, 8), small=(384, 6, 256, 8))
sizes['base'] = (768, 12, 512, 16)
width, heads, decoder_width, decoder_heads = sizes[network]
grid = (1, size // 16, size // 16)

model = dict(
    backbone=dict(img_size=size, embed_dims=width, num_heads=heads),
    decoder=dict(
        in_channels=width,
        grid_size=grid,
        embed_dims=decoder_width,
        depth=4,
        num_heads=decoder_heads))
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
            # four frames of each video
            dict(
                type='SampleFrames', clip_len=1, frame_interval=1,
                num_clips=4),
            dict(type='DecordDecode'),
            dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
            dict(type='mvd_mm.TwoResolutionResize', scale=size),
            dict(type='Flip', flip_ratio=0.5),
            dict(type='mvd_mm.FormatViews', keys=('imgs', )),
            dict(
                type='mvd_mm.RandomMasking',
                grid_size=grid,
                mask_ratio=0.75,
                num_masks=4),
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
