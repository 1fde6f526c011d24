"""MVD ViT-B with ViT-MAE ViT-B/16 as the image teacher.

Our variant of the recipe with ViT-B teachers; the video teacher is the same.
The published image teacher, read from the files of another package.
There is no published number for it. Hardware: 32 GPUs. On each of 4 nodes of 8
GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README. First

    hf download facebook/vit-mae-base --local-dir \
        checkpoints/vit-mae-base
"""
_base_ = [
    '../pretrain/mvd_vit-base-p16_teachers-base_'
    '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py'
]

teacher = dict(
    _delete_=True,
    type='mvd_mm.TransformersTeacher',
    checkpoint='checkpoints/vit-mae-base',
    config=dict(model_type='vit_mae'))
model = dict(branches=dict(image=dict(teacher=teacher)))
