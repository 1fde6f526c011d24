"""MVD ViT-L distilled from ViT-L teachers, 800 epochs, spread by FSDP.

The published recipe (Kinetics-400 86.4 / 97.0 in the paper after fine-tuning),
with weights, gradients and the states of the optimiser spread over the
processes. When this pays: docs/scaling.md.
On each of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set.
"""
_base_ = [
    '../pretrain/mvd_vit-large-p16_teachers-large_32xb8-accum2-16x4x1-800e_'
    'kinetics400-rgb.py'
]

runner_type = 'FlexibleRunner'
strategy = dict(type='mvd_mm.FSDPStrategy')
