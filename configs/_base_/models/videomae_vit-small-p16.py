# VideoMAE, ViT-S.
_base_ = ['videomae_vit-base-p16.py']

model = dict(
    backbone=dict(embed_dims=384, num_heads=6),
    decoder=dict(in_channels=384, embed_dims=192, num_heads=3))
