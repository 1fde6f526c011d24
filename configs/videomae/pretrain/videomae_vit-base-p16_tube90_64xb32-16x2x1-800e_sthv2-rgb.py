"""VideoMAE ViT-B, 800 epochs on Something-Something V2.

The published script. Fine-tuned, 69.6 / 92.0 (top-1 / top-5) are published on
the same data (../README.md).
Hardware: 64 GPUs. On each of 8 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=8, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/videomae_vit-base-p16.py',
    '../../_base_/datasets/sthv2_videomae.py',
    '../../_base_/schedules/adamw_pretrain_videomae.py',
    '../../_base_/default_runtime.py',
]

clips_per_iter = 64 * 32  # GPUs x clips per GPU
# of the script; the paper's total is 1024: lr 6e-4, at the end 4e-5
total_batch = clips_per_iter  # 2048
lr = 1.5e-4 * total_batch / 256  # 1.2e-3; at the end 8e-5

train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(lr=lr))
train_cfg = dict(max_epochs=800)
# MMEngine compares this with GPUs x clips per GPU
auto_scale_lr = dict(enable=False, base_batch_size=clips_per_iter)
