"""VideoMAE ViT-S (1600 epochs) fine-tuned on Kinetics-400.

The published script; 79.0 / 93.8 (top-1 / top-5) are published at 16 frames x
5 clips x 3 crops, trained on 32 GPUs. Weights: below, or
`--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each node,
then test the last weights, as published:

    NNODES=4 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_150.pth 8
"""
_base_ = [
    '../../_base_/models/vit-small-p16_recognition_videomae.py',
    '../../_base_/datasets/kinetics400_recognition.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

checkpoint = 'checkpoints/videomae_k400_vit-small_1600e.pth'
total_batch = 32 * 12  # GPUs x videos per GPU, repeats not counted: 384
lr = 5e-4 * total_batch / 256  # 7.5e-4; at the end 1.5e-6

model = dict(backbone=dict(init_cfg=dict(checkpoint=checkpoint)))
train_dataloader = dict(batch_size=12)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(eta_min_ratio=1e-6 / 5e-4)
train_cfg = dict(max_epochs=150)
# MMEngine compares this with GPUs x videos per GPU
auto_scale_lr = dict(enable=False, base_batch_size=total_batch)
