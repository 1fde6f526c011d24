"""MAE ViT-B/16 on frames of Kinetics-400: an image teacher of one's own.

Our analogue, not a published recipe: MAE's paper trains 1600 epochs on
ImageNet-1k with these settings; here 400 epochs of 4 frames of each video.
Name the checkpoint as `model.branches.image.teacher.checkpoint`. On each of
4 nodes of 8 GPUs (our choice):

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/mae_vit-base-p16.py',
    '../../_base_/datasets/kinetics400_mae-frames.py',
    '../../_base_/schedules/adamw_pretrain_32xb32-1x1x4-400e.py',
    '../../_base_/default_runtime.py',
]

train_dataloader = dict(batch_size=32)
