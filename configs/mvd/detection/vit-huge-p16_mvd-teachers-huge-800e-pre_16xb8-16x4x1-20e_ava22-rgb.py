"""AVA v2.2 with MVD ViT-H from ViT-H teachers (800 epochs).

The student was pre-trained only, without labels; name that checkpoint in
`model.backbone.init_cfg.checkpoint`. The paper reports
40.1 mAP and no settings: these are VideoMAE's, total batch 128. The number of
GPUs is not published; here 16, 8 on each of 2 nodes:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=2, NODE_RANK and MASTER_ADDR set; fewer: --auto-scale-lr.
"""
_base_ = [
    '../../_base_/models/vit-huge-p16_ava.py',
    '../../_base_/datasets/ava22.py',
    '../../_base_/schedules/adamw_detection.py',
    '../../_base_/detection_runtime.py',
]

total_batch = 16 * 8  # GPUs x clips per GPU
base_lr = 5e-4
lr = base_lr * total_batch / 256  # 2.5e-4

train_dataloader = dict(batch_size=8)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=32, decay_rate=0.8))
# from 0, down to 1e-6 * total_batch / 256
param_scheduler = dict(eta_min_ratio=1e-6 / base_lr)
train_cfg = dict(max_epochs=20)
auto_scale_lr = dict(enable=False, base_batch_size=total_batch)
