# Student ViT-S, teachers ViT-L.
_base_ = ['mvd_vit-base-p16_teachers-large.py']

model = dict(
    backbone=dict(embed_dims=384, num_heads=6),
    branches=dict(
        image=dict(decoder=dict(in_channels=384, embed_dims=384, num_heads=6)),
        video=dict(
            decoder=dict(in_channels=384, embed_dims=384, num_heads=6))))
