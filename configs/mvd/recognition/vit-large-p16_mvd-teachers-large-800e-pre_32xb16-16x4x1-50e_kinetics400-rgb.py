"""MVD ViT-L (teachers ViT-L, 800 epochs) fine-tuned on Kinetics-400.

The published recipe; the paper reports 86.4 / 97.0 (top-1 / top-5)
at 16 frames x 5 clips x 3 crops, trained on 32 GPUs. Weights: below,
or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each
node, then test the last weights, as published:

    NNODES=4 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_50.pth 8
"""
_base_ = [
    '../../_base_/models/vit-large-p16_recognition.py',
    '../../_base_/datasets/kinetics400_recognition.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

videos_per_iter = 32 * 16  # GPUs x videos per GPU, repeats not counted
total_batch = videos_per_iter  # 512
lr = 1e-3 * total_batch / 256  # 2e-3

model = dict(
    backbone=dict(
        init_cfg=dict(
            checkpoint='checkpoints/mvd_vit-large_teachers-large_800e.pth')))
train_dataloader = dict(batch_size=16)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=24, decay_rate=0.75))
param_scheduler = dict(eta_min_ratio=1e-6 / 1e-3)
train_cfg = dict(max_epochs=50)
activation_checkpointing = [f'backbone.blocks.{i}' for i in range(24)]
# MMEngine compares this with GPUs x videos per GPU, without accumulation
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
