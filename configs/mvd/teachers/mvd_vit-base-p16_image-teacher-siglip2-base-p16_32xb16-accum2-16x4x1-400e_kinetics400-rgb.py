"""MVD ViT-B with SigLIP 2 ViT-B/16 (NaFlex) as the image teacher.

Our variant of the recipe with ViT-B teachers; the video teacher is the same.
At 224 pixels it sees 14 x 14 patches, as the student does.
There is no published number for it. Hardware: 32 GPUs. On each of 4 nodes of 8
GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README. First

    hf download google/siglip2-base-patch16-naflex --local-dir \
        checkpoints/siglip2-base-patch16-naflex
"""
_base_ = [
    '../pretrain/mvd_vit-base-p16_teachers-base_'
    '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py'
]

teacher = dict(
    _delete_=True,
    type='mvd_mm.TransformersTeacher',
    checkpoint='checkpoints/siglip2-base-patch16-naflex',
    config=dict(model_type='siglip2_vision_model'),
    size=224,  # 14 x 14 patches, positions resized
)
# our choice: widths and scales of these features differ from MAE's
model = dict(
    branches=dict(image=dict(teacher=teacher, head=dict(norm_target=True))))
