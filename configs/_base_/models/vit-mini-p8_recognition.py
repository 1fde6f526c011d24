# The harder demonstration's network for recognition: 192 wide, 64 pixels; the
# backbone of mvd_vit-mini-p8_teachers-mini.py.
_base_ = 'vit-micro-p8_recognition.py'

model = dict(
    backbone=dict(img_size=64, embed_dims=192, num_heads=3),
    cls_head=dict(in_channels=192))
