_base_ = ['./vit-base-p16_ava.py']

model = dict(
    backbone=dict(embed_dims=1024, depth=24, num_heads=16),
    roi_head=dict(bbox_head=dict(in_channels=1024)))
