"""VideoMAE ViT-L, 2400 epochs on Something-Something V2.

Our analogue: there is no script of ViT-L on this data, but AMD's teacher on it
is such a network. Batch and lr are those on Kinetics-400, stride and epochs
those of ViT-B here. The published results of ViT-L, 74.3 / 94.6, are without
settings.
Hardware: 64 GPUs. On each of 8 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=8, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/videomae_vit-large-p16.py',
    '../../_base_/datasets/sthv2_videomae.py',
    '../../_base_/schedules/adamw_pretrain_videomae.py',
    '../../_base_/default_runtime.py',
]

clips_per_iter = 64 * 8  # GPUs x clips per GPU
# as on Kinetics-400
total_batch = clips_per_iter  # 512
lr = 1.5e-4 * total_batch / 256  # 3e-4; at the end 2e-5

train_dataloader = dict(batch_size=8)
optim_wrapper = dict(optimizer=dict(lr=lr))
train_cfg = dict(max_epochs=2400)
# MMEngine compares this with GPUs x clips per GPU
auto_scale_lr = dict(enable=False, base_batch_size=clips_per_iter)
