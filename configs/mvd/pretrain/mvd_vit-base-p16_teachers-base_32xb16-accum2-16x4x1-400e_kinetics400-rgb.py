"""MVD ViT-B distilled from ViT-B teachers, 400 epochs on Kinetics-400.

The published recipe. Fine-tuned, the paper reports Kinetics-400 82.7 / 95.4,
Something-Something V2 72.5 / 93.6, AVA 29.3 mAP (../README.md).
Hardware in the paper: 32 V100. On each of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/mvd_vit-base-p16_teachers-base.py',
    '../../_base_/datasets/kinetics400_mvd.py',
    '../../_base_/schedules/adamw_pretrain_32xb16-accum2-400e.py',
    '../../_base_/default_runtime.py',
]

train_dataloader = dict(batch_size=16)
