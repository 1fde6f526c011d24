# The smallest student and teachers, for demonstrations. Student and video
# teacher: ViTs of 4 blocks, 128 wide, on 8 frames of 48 pixels; image teacher:
# 2 blocks, 64 wide. The features are normalised, which so short a training
# needs; the published recipes do not.
_base_ = 'mvd_vit-base-p16_teachers-base.py'

vit = dict(
    img_size=48,
    patch_size=8,
    embed_dims=128,
    depth=4,
    num_heads=2,
    num_frames=8)
frame_vit = dict(
    img_size=48, patch_size=8, embed_dims=64, depth=2, num_heads=1)
decoder = dict(
    in_channels=128,
    out_channels=128,
    grid_size=(4, 6, 6),
    embed_dims=64,
    depth=2,
    num_heads=1,
    drop_path_rate=0.)
model = dict(
    backbone=dict(**vit, drop_path_rate=0.),
    branches=dict(
        image=dict(
            teacher=dict(vit=frame_vit, num_frames=8, checkpoint=None),
            decoder=dict(decoder, out_channels=64, depth=1),
            head=dict(norm_target=True)),
        video=dict(
            # 3-D positions, as in stage 1 of this size
            teacher=dict(
                vit=dict(**vit, pos_embed_type='sincos_3d'), checkpoint=None),
            decoder=decoder,
            head=dict(norm_target=True))))
