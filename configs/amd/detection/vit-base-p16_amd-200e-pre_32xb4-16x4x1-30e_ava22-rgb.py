"""AVA v2.2 with AMD ViT-B, pre-trained on Kinetics-400 without labels.

Our analogue: VideoMAE's settings for this size, total batch 128 on 32 GPUs.
29.9 mAP is published without settings. Name a checkpoint of pre-training in
`model.backbone.init_cfg.checkpoint`. On each of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer: --auto-scale-lr.
"""
_base_ = [
    '../../_base_/models/vit-base-p16_ava_videomae.py',
    '../../_base_/datasets/ava22.py',
    '../../_base_/schedules/adamw_detection.py',
    '../../_base_/detection_runtime.py',
]

total_batch = 32 * 4  # GPUs x clips per GPU: 128
base_lr = 2.5e-4
lr = base_lr * total_batch / 256  # 1.25e-4

train_dataloader = dict(batch_size=4)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
# from 0, down to 1e-6 * total_batch / 256
param_scheduler = dict(eta_min_ratio=1e-6 / base_lr)
train_cfg = dict(max_epochs=30)
auto_scale_lr = dict(enable=False, base_batch_size=total_batch)
