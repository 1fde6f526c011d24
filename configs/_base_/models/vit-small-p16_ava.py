_base_ = ['./vit-base-p16_ava.py']

model = dict(
    backbone=dict(embed_dims=384, depth=12, num_heads=6),
    roi_head=dict(bbox_head=dict(in_channels=384)))
