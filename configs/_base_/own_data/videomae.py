# VideoMAE on clips of your own videos: the video teacher. Variables for the
# command line are at the top of variables.py and pretraining.py.
_base_ = ['pretraining.py', '../models/videomae_vit-base-p16.py']

width, heads = _base_.sizes[_base_.network]

model = dict(
    backbone=dict(
        img_size=_base_.size,
        num_frames=_base_.frames,
        embed_dims=width,
        num_heads=heads),
    decoder=dict(
        in_channels=width,
        grid_size=_base_.grid,
        embed_dims=width // 2,
        num_heads=max(heads // 2, 2)))
