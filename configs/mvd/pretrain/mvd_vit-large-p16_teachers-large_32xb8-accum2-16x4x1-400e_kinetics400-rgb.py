"""MVD ViT-L distilled from ViT-L teachers, 400 epochs on Kinetics-400.

The published recipe. Fine-tuned, the paper reports Kinetics-400 86.0 / 96.9,
Something-Something V2 76.1 / 95.4 (../README.md).
Hardware in the paper: 32 V100. On each of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/mvd_vit-large-p16_teachers-large.py',
    '../../_base_/datasets/kinetics400_mvd.py',
    '../../_base_/schedules/adamw_pretrain.py',
    '../../_base_/default_runtime.py',
]

clips_per_iter = 32 * 8  # GPUs x clips per GPU
accumulative_counts = 2
total_batch = clips_per_iter * accumulative_counts  # 512
lr = 1.5e-4 * total_batch / 256  # 3e-4
min_lr = 1e-4 * total_batch / 256  # 2e-4

train_dataloader = dict(batch_size=8)
optim_wrapper = dict(
    accumulative_counts=accumulative_counts, optimizer=dict(lr=lr))
param_scheduler = dict(eta_min_ratio=min_lr / lr)
train_cfg = dict(max_epochs=400)
# MMEngine compares this with GPUs x clips per GPU, without accumulation
auto_scale_lr = dict(enable=False, base_batch_size=clips_per_iter)
