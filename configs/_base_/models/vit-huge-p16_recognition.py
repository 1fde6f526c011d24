# ViT-H for recognition.
_base_ = 'vit-base-p16_recognition.py'

model = dict(
    backbone=dict(embed_dims=1280, depth=32, num_heads=16, drop_path_rate=0.3),
    cls_head=dict(in_channels=1280, dropout_ratio=0.5))
