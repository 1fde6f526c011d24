# The smallest VideoMAE on 16 frames of 112 pixels: 8 x 7 x 7 tubelets of
# 3 * 2 * 16 * 16 = 1536 values.
_base_ = 'videomae_vit-micro-p8.py'

model = dict(
    backbone=dict(img_size=112, patch_size=16, num_frames=16),
    decoder=dict(out_channels=1536, grid_size=(8, 7, 7)),
    head=dict(patch_size=16))
