# MVD on clips of your own videos: the student. These variables, and those at
# the top of variables.py and pretraining.py, are options of the command line.
teachers = None  # both teachers: tiny, small or base; None: as the student
image_teacher = 'work_dirs/own/mae/epoch_200.pth'
video_teacher = 'work_dirs/own/videomae/epoch_200.pth'

_base_ = ['pretraining.py', '../models/mvd_vit-base-p16_teachers-base.py']

width, heads = _base_.sizes[_base_.network]
teacher_width, teacher_heads = _base_.sizes[teachers or _base_.network]

image_vit = dict(
    img_size=_base_.size, embed_dims=teacher_width, num_heads=teacher_heads)
decoder = dict(
    in_channels=width,
    out_channels=teacher_width,
    grid_size=_base_.grid,
    embed_dims=width,
    num_heads=heads)
model = dict(
    backbone=dict(
        img_size=_base_.size,
        num_frames=_base_.frames,
        embed_dims=width,
        num_heads=heads),
    branches=dict(
        image=dict(
            teacher=dict(
                vit=image_vit,
                num_frames=_base_.frames,
                checkpoint=image_teacher),
            decoder=decoder),
        video=dict(
            teacher=dict(
                vit=dict(num_frames=_base_.frames, **image_vit),
                checkpoint=video_teacher),
            decoder=decoder)))
