# VideoMAE, ViT-H; the decoder is 12 deep, as in the published files.
_base_ = ['videomae_vit-base-p16.py']

model = dict(
    backbone=dict(embed_dims=1280, depth=32, num_heads=16),
    decoder=dict(in_channels=1280, embed_dims=640, depth=12, num_heads=8))
