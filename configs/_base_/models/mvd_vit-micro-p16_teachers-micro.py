# The smallest student and teachers on 16 frames of 112 pixels.
_base_ = 'mvd_vit-micro-p8_teachers-micro.py'

frame_vit = dict(img_size=112, patch_size=16)
vit = dict(num_frames=16, **frame_vit)
decoder = dict(grid_size=(8, 7, 7))
model = dict(
    backbone=vit,
    branches=dict(
        image=dict(
            teacher=dict(vit=frame_vit, num_frames=16), decoder=decoder),
        video=dict(teacher=dict(vit=vit), decoder=decoder)))
