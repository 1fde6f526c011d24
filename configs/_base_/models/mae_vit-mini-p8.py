# MAE for the harder rendered set: ViT of 4 blocks, 192 wide, at 64 pixels.
_base_ = 'mae_vit-micro-p8.py'

model = dict(
    backbone=dict(img_size=64, embed_dims=192, depth=4, num_heads=3),
    decoder=dict(
        in_channels=192, grid_size=(1, 8, 8), embed_dims=96, num_heads=2))
