"""AMD ViT-B distilled from a ViT-L, 200 epochs on Something-Something V2.

The published script. Fine-tuned, 73.3 / 94.0 (top-1 / top-5) are published on
the same data (../README.md). The teacher, ViT-L of 2400 epochs on this data,
is in no public list: train it with configs/videomae/pretrain. Hardware: 32
A100. On each of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/amd_vit-base-p16_teacher-large.py',
    '../../_base_/datasets/sthv2_amd.py',
    '../../_base_/schedules/adamw_pretrain_amd-200e.py',
    '../../_base_/default_runtime.py',
]

model = dict(
    teacher=dict(checkpoint='checkpoints/videomae_ssv2_vit-large_2400e.pth'))
train_dataloader = dict(batch_size=16)  # videos, of 4 clips each
