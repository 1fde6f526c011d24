"""AMD in minutes, on the rendered set: a student of the quickstart's teacher.

docs/amd.md has the four commands: render, train the teacher, then

    python tools/train.py THIS_FILE \
        --cfg-options model.teacher.checkpoint=VIDEOMAE.pth

and the figures of its frozen features.
"""
_base_ = [
    '../../_base_/models/amd_vit-micro-p8_teacher-micro.py',
    '../../_base_/datasets/motion_shapes_amd.py',
    '../../_base_/schedules/adamw_quickstart.py',
    '../../_base_/quickstart_runtime.py',
]

# as published
optim_wrapper = dict(
    clip_grad=dict(max_norm=0.02),
    paramwise_cfg=dict(custom_keys=dict(mask_token=dict(decay_mult=0.))))
train_cfg = dict(max_epochs=6)
