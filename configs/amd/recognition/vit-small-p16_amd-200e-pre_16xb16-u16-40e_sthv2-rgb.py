"""AMD ViT-S (200 epochs) fine-tuned on Something-Something V2.

The published script; 70.2 / 92.5 (top-1 / top-5) are published at 16 frames x
2 clips x 3 crops. Weights: below, or
`--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each node,
then test the last weights:

    NNODES=2 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_40.pth 8
"""
_base_ = [
    '../../_base_/models/vit-small-p16_recognition_videomae.py',
    '../../_base_/datasets/sthv2_recognition_amd.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

checkpoint = 'checkpoints/amd_ssv2_vit-small_200e.pth'
total_batch = 16 * 16  # GPUs x videos per GPU, repeats not counted: 256
lr = 1e-3 * total_batch / 256  # 1e-3; at the end 1e-6

model = dict(
    backbone=dict(init_cfg=dict(checkpoint=checkpoint)),
    cls_head=dict(num_classes=174),
    data_preprocessor=dict(blending=dict(num_classes=174)))
train_dataloader = dict(batch_size=16)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(eta_min_ratio=1e-6 / 1e-3)
train_cfg = dict(max_epochs=40)
# MMEngine compares this with GPUs x videos per GPU
auto_scale_lr = dict(enable=False, base_batch_size=total_batch)
