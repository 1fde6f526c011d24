# The smallest VideoMAE: ViT of 4 blocks, 128 wide, on 16 frames of 48 pixels,
# that is, 8 x 6 x 6 tubelets of 3 * 2 * 8 * 8 = 384 values.
_base_ = 'videomae_vit-base-p16.py'

model = dict(
    backbone=dict(
        img_size=48, patch_size=8, embed_dims=128, depth=4, num_heads=2),
    decoder=dict(
        in_channels=128,
        out_channels=384,
        grid_size=(8, 6, 6),
        embed_dims=64,
        depth=2,
        num_heads=1),
    head=dict(patch_size=8))
