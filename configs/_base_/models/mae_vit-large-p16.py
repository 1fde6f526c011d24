# MAE, ViT-L.
_base_ = ['mae_vit-base-p16.py']

model = dict(
    backbone=dict(embed_dims=1024, depth=24, num_heads=16),
    decoder=dict(in_channels=1024))
