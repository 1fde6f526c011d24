# Student ViT-L, teachers ViT-L; decoders 512 wide, 4 deep.
_base_ = ['mvd_vit-base-p16_teachers-large.py']

model = dict(
    backbone=dict(embed_dims=1024, depth=24, num_heads=16),
    branches=dict(
        image=dict(
            decoder=dict(
                in_channels=1024, embed_dims=512, depth=4, num_heads=8)),
        video=dict(
            decoder=dict(
                in_channels=1024, embed_dims=512, depth=4, num_heads=8))))
