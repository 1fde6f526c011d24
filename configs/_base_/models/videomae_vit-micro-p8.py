# The smallest VideoMAE: ViT of 4 blocks, 128 wide, on 8 frames of 48 pixels,
# that is, 4 x 6 x 6 tubelets of 3 * 2 * 8 * 8 = 384 values. One thing differs
# from VideoMAE, for a training of minutes: 3-D positions, with which it leaves
# the plateau of the first epochs sooner.
_base_ = 'videomae_vit-base-p16.py'

model = dict(
    backbone=dict(
        img_size=48,
        patch_size=8,
        embed_dims=128,
        depth=4,
        num_heads=2,
        num_frames=8,
        pos_embed_type='sincos_3d'),
    decoder=dict(
        in_channels=128,
        out_channels=384,
        grid_size=(4, 6, 6),
        embed_dims=64,
        depth=2,
        num_heads=1,
        pos_embed_type='sincos_3d'),
    head=dict(patch_size=8))
