# VideoMAE for the harder rendered set: ViT of 4 blocks, 192 wide, 64 pixels.
_base_ = 'videomae_vit-micro-p8.py'

model = dict(
    backbone=dict(img_size=64, embed_dims=192, num_heads=3),
    decoder=dict(in_channels=192, grid_size=(4, 8, 8), embed_dims=96))
