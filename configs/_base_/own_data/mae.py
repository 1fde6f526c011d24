# MAE on single frames of your own videos: the image teacher. Variables for
# the command line are at the top of variables.py and pretraining.py.
_base_ = ['pretraining.py', '../models/mae_vit-base-p16.py']

width, heads = _base_.sizes[_base_.network]
decoder_width, decoder_heads = ((512, 16) if _base_.network == 'base' else
                                (256, 8))
grid = (1, _base_.size // 16, _base_.size // 16)

model = dict(
    backbone=dict(img_size=_base_.size, embed_dims=width, num_heads=heads),
    decoder=dict(
        in_channels=width,
        grid_size=grid,
        embed_dims=decoder_width,
        depth=4,
        num_heads=decoder_heads))
train_dataloader = dict(
    dataset=dict(pipeline=[
        dict(type='DecordInit'),
        # four frames of each video
        dict(type='SampleFrames', clip_len=1, frame_interval=1, num_clips=4),
        dict(type='DecordDecode'),
        dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
        dict(type='mvd_mm.TwoResolutionResize', scale=_base_.size),
        dict(type='Flip', flip_ratio=0.5),
        dict(type='mvd_mm.FormatViews', keys=('imgs', )),
        dict(
            type='mvd_mm.RandomMasking',
            grid_size=grid,
            mask_ratio=0.75,
            num_masks=4),
        dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
    ]))
