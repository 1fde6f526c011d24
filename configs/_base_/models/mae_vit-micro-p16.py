# The smallest MAE on frames of 112 pixels: 7 x 7 patches of
# 3 * 16 * 16 = 768 values.
_base_ = 'mae_vit-micro-p8.py'

model = dict(
    backbone=dict(img_size=112, patch_size=16),
    decoder=dict(out_channels=768, grid_size=(1, 7, 7)),
    head=dict(patch_size=16))
