"""AVA v2.2 with VideoMAE ViT-S, pre-trained on Kinetics-400 without labels.

The published settings, total batch 128 on 16 GPUs; 22.5 mAP is published. Name
a checkpoint of pre-training in `model.backbone.init_cfg.checkpoint`. On each
of 2 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=2, NODE_RANK and MASTER_ADDR set; fewer: --auto-scale-lr.
"""
_base_ = [
    '../../_base_/models/vit-small-p16_ava_videomae.py',
    '../../_base_/datasets/ava22.py',
    '../../_base_/schedules/adamw_detection.py',
    '../../_base_/detection_runtime.py',
]

total_batch = 16 * 8  # GPUs x clips per GPU: 128
base_lr = 1e-3
lr = base_lr * total_batch / 256  # 5e-4

train_dataloader = dict(batch_size=8)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.6))
# from 0, down to 1e-6 * total_batch / 256
param_scheduler = dict(eta_min_ratio=1e-6 / base_lr)
train_cfg = dict(max_epochs=30)
auto_scale_lr = dict(enable=False, base_batch_size=total_batch)
