"""VideoMAE ViT-B, 3200 epochs on UCF101.

The published script. Fine-tuned, 91.3 / 98.5 (top-1 / top-5) are published on
the same data (../README.md).
Hardware: 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8
"""
_base_ = [
    '../../_base_/models/videomae_vit-base-p16.py',
    '../../_base_/datasets/ucf101_videomae.py',
    '../../_base_/schedules/adamw_pretrain_videomae.py',
    '../../_base_/default_runtime.py',
]

clips_per_iter = 8 * 24  # GPUs x clips per GPU
# of the script
total_batch = clips_per_iter  # 192
lr = 3e-4 * total_batch / 256  # 2.25e-4; at the end 7.5e-6

train_dataloader = dict(batch_size=24)
optim_wrapper = dict(optimizer=dict(lr=lr))
param_scheduler = dict(eta_min_ratio=1e-5 / 3e-4)
train_cfg = dict(max_epochs=3200)
# MMEngine compares this with GPUs x clips per GPU
auto_scale_lr = dict(enable=False, base_batch_size=clips_per_iter)
