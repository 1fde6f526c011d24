"""MVD ViT-B from three teachers: MAE, VideoMAE, and two layers of DINOv2.

Our variant of the recipe with ViT-B teachers: a third branch, whose teacher
gives the features of blocks 8 and 12, compared one by one.
There is no published number for it. Hardware: 32 GPUs. On each of 4 nodes of 8
GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README. First

    hf download facebook/dinov2-base --local-dir checkpoints/dinov2-base
"""
_base_ = [
    '../pretrain/mvd_vit-base-p16_teachers-base_'
    '32xb16-accum2-16x4x1-400e_kinetics400-rgb.py'
]

model = dict(
    branches=dict(
        semantic=dict(
            teacher=dict(
                type='mvd_mm.TransformersTeacher',
                checkpoint='checkpoints/dinov2-base',
                config=dict(model_type='dinov2', image_size=518),
                layers=(8, 12),
                size=196),
            decoder=dict(
                type='mvd_mm.MaskedTokenDecoder',
                in_channels=768,
                out_channels=2 * 768,
                grid_size=(8, 14, 14),
                embed_dims=768,
                depth=2,
                num_heads=12,
                drop_path_rate=0.1),
            head=dict(
                type='mvd_mm.FeatureDistillHead',
                norm_target=True,
                num_targets=2))))
