# The smallest MAE: ViT of 2 blocks, 64 wide, on frames of 48 pixels, that
# is, 6 x 6 patches of 3 * 8 * 8 = 192 values.
_base_ = 'mae_vit-base-p16.py'

model = dict(
    backbone=dict(
        img_size=48, patch_size=8, embed_dims=64, depth=2, num_heads=1),
    decoder=dict(
        in_channels=64,
        out_channels=192,
        grid_size=(1, 6, 6),
        embed_dims=64,
        depth=2,
        num_heads=1),
    head=dict(patch_size=8))
