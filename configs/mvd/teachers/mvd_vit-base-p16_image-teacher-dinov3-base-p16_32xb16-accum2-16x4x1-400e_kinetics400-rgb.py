"""MVD ViT-B with DINOv3 ViT-B/16 as the image teacher.

Our variant of the recipe with ViT-B teachers; the video teacher is the same.
Its four register tokens are dropped.
There is no published number for it. Hardware: 32 GPUs. On each of 4 nodes of 8
GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README. First

    hf download facebook/dinov3-vitb16-pretrain-lvd1689m --local-dir \
        checkpoints/dinov3-vitb16-pretrain-lvd1689m
"""
_base_ = [
    '../pretrain/mvd_vit-base-p16_teachers-base_'
    '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py'
]

teacher = dict(
    _delete_=True,
    type='mvd_mm.TransformersTeacher',
    checkpoint='checkpoints/dinov3-vitb16-pretrain-lvd1689m',
    config=dict(
        model_type='dinov3_vit',
        hidden_size=768,
        intermediate_size=3072,
        num_attention_heads=12,
        num_register_tokens=4))
# our choice: widths and scales of these features differ from MAE's
model = dict(
    branches=dict(image=dict(teacher=teacher, head=dict(norm_target=True))))
