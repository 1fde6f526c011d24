# ViT-S for recognition.
_base_ = 'vit-base-p16_recognition.py'

model = dict(
    backbone=dict(embed_dims=384, depth=12, num_heads=6),
    cls_head=dict(in_channels=384))
