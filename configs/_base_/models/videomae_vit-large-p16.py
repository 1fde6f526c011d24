# VideoMAE, ViT-L; the decoder is 12 deep, as in the published files.
_base_ = ['videomae_vit-base-p16.py']

model = dict(
    backbone=dict(embed_dims=1024, depth=24, num_heads=16),
    decoder=dict(in_channels=1024, embed_dims=512, depth=12, num_heads=8))
