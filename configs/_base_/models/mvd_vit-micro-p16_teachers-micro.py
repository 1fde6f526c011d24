# The smallest student and teachers on 16 frames of 112 pixels.
_base_ = 'mvd_vit-micro-p8_teachers-micro.py'

vit = dict(img_size=112, patch_size=16)
decoder = dict(grid_size=(8, 7, 7))
model = dict(
    backbone=vit,
    branches=dict(
        image=dict(teacher=dict(vit=vit), decoder=decoder),
        video=dict(teacher=dict(vit=vit), decoder=decoder)))
