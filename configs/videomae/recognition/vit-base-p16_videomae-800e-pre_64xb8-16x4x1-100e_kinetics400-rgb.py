"""VideoMAE ViT-B (800 epochs) fine-tuned on Kinetics-400.

The published script; 80.0 / 94.4 (top-1 / top-5) are published at 16 frames x
5 clips x 3 crops, trained on 64 GPUs. With two repeats 81.0 / 94.8 are
published: train_dataloader.dataset.num_repeats=2. Weights: below, or
`--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each node,
then test the last weights, as published:

    NNODES=8 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_100.pth 8
"""
_base_ = [
    '../../_base_/models/vit-base-p16_recognition_videomae.py',
    '../../_base_/datasets/kinetics400_recognition.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

checkpoint = 'checkpoints/videomae_k400_vit-base_800e.pth'
total_batch = 64 * 8  # GPUs x videos per GPU: 512
lr = 1e-3 * total_batch / 256  # 2e-3; at the end 2e-6

model = dict(backbone=dict(init_cfg=dict(checkpoint=checkpoint)))
train_dataloader = dict(batch_size=8, dataset=dict(num_repeats=1))
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(eta_min_ratio=1e-6 / 1e-3)
train_cfg = dict(max_epochs=100)
# MMEngine compares this with GPUs x videos per GPU
auto_scale_lr = dict(enable=False, base_batch_size=total_batch)
