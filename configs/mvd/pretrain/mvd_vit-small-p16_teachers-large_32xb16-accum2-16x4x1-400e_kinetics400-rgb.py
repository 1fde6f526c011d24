"""MVD ViT-S distilled from ViT-L teachers, 400 epochs on Kinetics-400.

The published recipe. Fine-tuned, the paper reports Kinetics-400 81.0 / 94.8,
Something-Something V2 70.9 / 92.8 (../README.md).
Hardware in the paper: 32 V100. On each of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/mvd_vit-small-p16_teachers-large.py',
    '../../_base_/datasets/kinetics400_mvd.py',
    '../../_base_/schedules/adamw_pretrain_32xb16-accum2-400e.py',
    '../../_base_/default_runtime.py',
]

train_dataloader = dict(batch_size=16)
