"""MVD ViT-H distilled from ViT-H teachers, 800 epochs, spread by DeepSpeed.

The published recipe (Kinetics-400 87.3 / 97.4 in the paper after fine-tuning),
with the states of the optimiser spread over the processes. It needs DeepSpeed
(`pip install deepspeed`). When this pays: docs/scaling.md.
On each of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set.
"""
_base_ = [
    '../pretrain/mvd_vit-huge-p16_teachers-huge_32xb8-accum2-16x4x1-800e_'
    'kinetics400-rgb.py'
]

runner_type = 'FlexibleRunner'
strategy = dict(type='mvd_mm.DeepSpeedStrategy')
