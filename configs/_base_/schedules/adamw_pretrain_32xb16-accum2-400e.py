# 400 epochs on 32 GPUs x 16 clips x 2 accumulated batches: the published
# recipe of ViT-S, and of ViT-B with ViT-B teachers. A leaf adds
# `train_dataloader.batch_size`, which belongs to the data.
_base_ = 'adamw_pretrain.py'

clips_per_iter = 32 * 16  # GPUs x clips per GPU
accumulative_counts = 2
total_batch = clips_per_iter * accumulative_counts  # 1024
lr = 1.5e-4 * total_batch / 256  # 6e-4
min_lr = 1e-4 * total_batch / 256  # 4e-4

optim_wrapper = dict(
    accumulative_counts=accumulative_counts, optimizer=dict(lr=lr))
param_scheduler = dict(eta_min_ratio=min_lr / lr)
train_cfg = dict(max_epochs=400)
# MMEngine compares this with GPUs x clips per GPU, without accumulation
auto_scale_lr = dict(enable=False, base_batch_size=clips_per_iter)
