"""MAE ViT-L/16 on frames of Kinetics-400: an image teacher of one's own.

Our analogue, not a published recipe: MAE's paper trains 1600 epochs on
ImageNet-1k with these settings; here 400 epochs of 4 frames of each video.
Name the checkpoint as `model.branches.image.teacher.checkpoint`. On each of
4 nodes of 8 GPUs (our choice):

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/mae_vit-large-p16.py',
    '../../_base_/datasets/kinetics400_mae-frames.py',
    '../../_base_/schedules/adamw_pretrain.py',
    '../../_base_/default_runtime.py',
]

videos_per_iter = 32 * 32  # GPUs x videos per GPU
total_batch = videos_per_iter * 4  # 4 frames of each: 4096
lr = 1.5e-4 * total_batch / 256  # 2.4e-3

train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(lr=lr))
param_scheduler = dict(eta_min_ratio=0., end=400)
train_cfg = dict(max_epochs=400)
# MMEngine compares this with GPUs x videos per GPU
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
