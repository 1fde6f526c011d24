"""MVD ViT-S (teachers ViT-B, 400 epochs) fine-tuned on Something-Something V2.

The published recipe; the paper reports 70.7 / 92.6 (top-1 / top-5)
at 16 frames x 2 clips x 3 crops, trained on 32 GPUs. Weights: below,
or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each
node, then test the last weights, as published:

    NNODES=4 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_40.pth 8
"""
_base_ = [
    '../../_base_/models/vit-small-p16_recognition.py',
    '../../_base_/datasets/sthv2_recognition.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

videos_per_iter = 32 * 12  # GPUs x videos per GPU, repeats not counted
total_batch = videos_per_iter  # 384
lr = 1e-3 * total_batch / 256  # 1.5e-3

model = dict(
    backbone=dict(
        init_cfg=dict(
            checkpoint='checkpoints/mvd_vit-small_teachers-base_400e.pth')),
    cls_head=dict(num_classes=174),
    data_preprocessor=dict(blending=dict(num_classes=174)))
train_dataloader = dict(batch_size=12)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.7))
param_scheduler = dict(eta_min_ratio=1e-6 / 1e-3)
train_cfg = dict(max_epochs=40)
# MMEngine compares this with GPUs x videos per GPU, without accumulation
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
