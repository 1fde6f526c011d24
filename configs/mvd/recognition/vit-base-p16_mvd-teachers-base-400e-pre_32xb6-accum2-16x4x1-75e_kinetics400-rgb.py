"""MVD ViT-B (teachers ViT-B, 400 epochs) fine-tuned on Kinetics-400.

The published recipe; the paper reports 82.7 / 95.4 (top-1 / top-5)
at 16 frames x 5 clips x 3 crops, trained on 32 GPUs. Weights: below,
or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each
node, then test the last weights, as published:

    NNODES=4 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_75.pth 8
"""
_base_ = [
    '../../_base_/models/vit-base-p16_recognition.py',
    '../../_base_/datasets/kinetics400_recognition.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

videos_per_iter = 32 * 6  # GPUs x videos per GPU, repeats not counted
accumulative_counts = 2
total_batch = videos_per_iter * accumulative_counts  # 384
lr = 5e-4 * total_batch / 256  # 7.5e-4

model = dict(
    backbone=dict(
        init_cfg=dict(
            checkpoint='checkpoints/mvd_vit-base_teachers-base_400e.pth')))
train_dataloader = dict(batch_size=6)
optim_wrapper = dict(
    accumulative_counts=accumulative_counts,
    optimizer=dict(lr=lr),
    paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(eta_min_ratio=1e-6 / 5e-4)
train_cfg = dict(max_epochs=75)
# MMEngine compares this with GPUs x videos per GPU, without accumulation
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
