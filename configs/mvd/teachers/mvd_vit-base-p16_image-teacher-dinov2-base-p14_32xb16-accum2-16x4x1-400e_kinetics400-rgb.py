"""MVD ViT-B with DINOv2 ViT-B/14 as the image teacher.

Our variant of the recipe with ViT-B teachers; the video teacher is the same.
At 196 pixels it sees 14 x 14 patches, as the student does.
There is no published number for it. Hardware: 32 GPUs. On each of 4 nodes of 8
GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README. First

    hf download facebook/dinov2-base --local-dir \
        checkpoints/dinov2-base
"""
_base_ = [
    '../pretrain/mvd_vit-base-p16_teachers-base_'
    '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py'
]

teacher = dict(
    _delete_=True,
    type='mvd_mm.TransformersTeacher',
    checkpoint='checkpoints/dinov2-base',
    config=dict(model_type='dinov2', image_size=518),
    size=196,  # 14 x 14 patches of 14, as the published H/14 teacher
)
# our choice: widths and scales of these features differ from MAE's
model = dict(
    branches=dict(image=dict(teacher=teacher, head=dict(norm_target=True))))
