"""MVD ViT-B distilled from the ViT-B video teacher (VideoMAE) alone.

Ablation: the recipe with both teachers, without the other one and its decoder.
There is no published number for it in our table. Hardware: 32 GPUs. On each
of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    'mvd_vit-base-p16_teachers-base_32xb16-accum2-16x4x1-400e_'
    'kinetics400-rgb.py'
]

model = dict(
    branches=dict(_delete_=True, video={{_base_.model.branches.video}}))
