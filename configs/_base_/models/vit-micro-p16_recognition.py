# The demonstrations' network for recognition on 16 frames of 112 pixels; the
# backbone of mvd_vit-micro-p16_teachers-micro.py.
_base_ = 'vit-micro-p8_recognition.py'

model = dict(
    backbone=dict(img_size=112, patch_size=16, num_frames=16),
    cls_head=dict(num_slices=8))
