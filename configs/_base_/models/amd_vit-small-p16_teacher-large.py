# AMD, student ViT-S, teacher VideoMAE's ViT-L.
_base_ = ['amd_vit-base-p16_teacher-large.py']

model = dict(
    backbone=dict(embed_dims=384, num_heads=6),
    decoder=dict(in_channels=384, embed_dims=192, num_heads=3))
