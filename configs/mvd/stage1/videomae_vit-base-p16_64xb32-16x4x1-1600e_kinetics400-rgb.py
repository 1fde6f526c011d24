"""VideoMAE ViT-B, 1600 epochs on Kinetics-400: a video teacher of one's own.

The settings of VideoMAE's paper; the split of its total batch over 64 GPUs is
ours. No result: a teacher is used, not scored. Name the checkpoint as
`model.branches.video.teacher.checkpoint`. On each of 8 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=8, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/videomae_vit-base-p16.py',
    '../../_base_/datasets/kinetics400_videomae.py',
    '../../_base_/schedules/adamw_pretrain.py',
    '../../_base_/default_runtime.py',
]

clips_per_iter = 64 * 16  # GPUs x clips per GPU
total_batch = clips_per_iter  # 1024
lr = 1.5e-4 * total_batch / 256  # 6e-4
min_lr = 1e-5 * total_batch / 256  # 4e-5

train_dataloader = dict(batch_size=16)
optim_wrapper = dict(optimizer=dict(lr=lr))
param_scheduler = dict(eta_min_ratio=min_lr / lr, end=1600)
train_cfg = dict(max_epochs=1600)
# MMEngine compares this with GPUs x clips per GPU
auto_scale_lr = dict(enable=False, base_batch_size=clips_per_iter)
