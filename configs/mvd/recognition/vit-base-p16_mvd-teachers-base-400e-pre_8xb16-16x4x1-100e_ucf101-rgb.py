"""MVD ViT-B (teachers ViT-B, 400 epochs) on UCF101, split 1.

The paper reports 97.0 (top-1) without settings. This is VideoMAE's published
fine-tuning of ViT-B on UCF101, views 5 x 3, trained on 8 GPUs. Weights: below
or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train, then test
the last weights, as published:

    bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_100.pth 8
"""
_base_ = [
    '../../_base_/models/vit-base-p16_recognition.py',
    '../../_base_/datasets/ucf101_recognition.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

videos_per_iter = 8 * 16  # GPUs x videos per GPU, repeats not counted
total_batch = videos_per_iter  # 128
lr = 5e-4 * total_batch / 256  # 2.5e-4

model = dict(
    backbone=dict(
        drop_path_rate=0.2,
        init_cfg=dict(
            checkpoint='checkpoints/mvd_vit-base_teachers-base_400e.pth')),
    cls_head=dict(num_classes=101, dropout_ratio=0.5),
    data_preprocessor=dict(
        blending=dict(num_classes=101, cutmix_axes='height_width')))
train_dataloader = dict(batch_size=16)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.7))
param_scheduler = dict(eta_min_ratio=1e-5 / 5e-4)
train_cfg = dict(max_epochs=100)
activation_checkpointing = [f'backbone.blocks.{i}' for i in range(12)]
# MMEngine compares this with GPUs x videos per GPU, without accumulation
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
