# Student and teachers for the harder rendered set: ViTs of 4 blocks, 192 wide,
# on 8 frames of 64 pixels, that is, 4 x 8 x 8 tokens.
_base_ = 'mvd_vit-micro-p8_teachers-micro.py'

vit = dict(img_size=64, embed_dims=192, depth=4, num_heads=3)
decoder = dict(
    in_channels=192,
    out_channels=192,
    grid_size=(4, 8, 8),
    embed_dims=96,
    depth=2)
model = dict(
    backbone=vit,
    branches=dict(
        image=dict(teacher=dict(vit=vit), decoder=decoder),
        video=dict(teacher=dict(vit=vit), decoder=decoder)))
