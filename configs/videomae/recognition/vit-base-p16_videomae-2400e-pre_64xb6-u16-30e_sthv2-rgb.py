"""VideoMAE ViT-B (2400 epochs) fine-tuned on Something-Something V2.

The published script; 70.8 / 92.4 (top-1 / top-5) are published at 16 frames x
2 clips x 3 crops, trained on 64 GPUs. Weights: below, or
`--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each node,
then test the last weights, as published:

    NNODES=8 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_30.pth 8
"""
_base_ = [
    '../../_base_/models/vit-base-p16_recognition_videomae.py',
    '../../_base_/datasets/sthv2_recognition_videomae.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

checkpoint = 'checkpoints/videomae_ssv2_vit-base_2400e.pth'
total_batch = 64 * 6  # GPUs x videos per GPU, repeats not counted: 384
lr = 5e-4 * total_batch / 256  # 7.5e-4; at the end 1.5e-6

model = dict(
    backbone=dict(init_cfg=dict(checkpoint=checkpoint)),
    cls_head=dict(num_classes=174),
    data_preprocessor=dict(blending=dict(num_classes=174)))
train_dataloader = dict(batch_size=6)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(eta_min_ratio=1e-6 / 5e-4)
train_cfg = dict(max_epochs=30)
# MMEngine compares this with GPUs x videos per GPU
auto_scale_lr = dict(enable=False, base_batch_size=total_batch)
