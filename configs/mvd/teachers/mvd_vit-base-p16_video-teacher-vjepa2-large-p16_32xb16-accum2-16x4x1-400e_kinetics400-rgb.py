"""MVD ViT-B with V-JEPA 2 ViT-L/16 as the video teacher.

Our variant of the recipe with ViT-B teachers; the image teacher is the same.
Its features of 8 x 16 x 16 at 256 pixels are resized to 8 x 14 x 14.
There is no published number for it. Hardware: 32 GPUs. On each of 4 nodes of 8
GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README. First

    hf download facebook/vjepa2-vitl-fpc64-256 --local-dir \
        checkpoints/vjepa2-vitl-fpc64-256
"""
_base_ = [
    '../pretrain/mvd_vit-base-p16_teachers-base_'
    '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py'
]

teacher = dict(
    _delete_=True,
    type='mvd_mm.TransformersTeacher',
    checkpoint='checkpoints/vjepa2-vitl-fpc64-256',
    config=dict(model_type='vjepa2'))
# our choice: widths and scales of these features differ from MAE's
model = dict(
    branches=dict(
        video=dict(
            teacher=teacher,
            decoder=dict(out_channels=1024),
            head=dict(norm_target=True))))
