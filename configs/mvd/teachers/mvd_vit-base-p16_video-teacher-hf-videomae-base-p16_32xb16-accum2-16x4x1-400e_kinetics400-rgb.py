"""MVD ViT-B with VideoMAE ViT-B/16 as the video teacher.

Our variant of the recipe with ViT-B teachers; the image teacher is the same.
The published video teacher, read from the files of another package.
There is no published number for it. Hardware: 32 GPUs. On each of 4 nodes of 8
GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README. First

    hf download MCG-NJU/videomae-base --local-dir \
        checkpoints/videomae-base
"""
_base_ = [
    '../pretrain/mvd_vit-base-p16_teachers-base_'
    '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py'
]

teacher = dict(
    _delete_=True,
    type='mvd_mm.TransformersTeacher',
    checkpoint='checkpoints/videomae-base',
    config=dict(model_type='videomae'))
model = dict(branches=dict(video=dict(teacher=teacher)))
