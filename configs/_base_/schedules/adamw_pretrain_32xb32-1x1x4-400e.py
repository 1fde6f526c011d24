# MAE on frames of videos: 400 epochs on 32 GPUs x 32 videos x 4 frames. A leaf
# adds `train_dataloader.batch_size`, which belongs to the data.
_base_ = 'adamw_pretrain.py'

videos_per_iter = 32 * 32  # GPUs x videos per GPU
total_batch = videos_per_iter * 4  # 4 frames of each: 4096
lr = 1.5e-4 * total_batch / 256  # 2.4e-3

optim_wrapper = dict(optimizer=dict(lr=lr))
param_scheduler = dict(eta_min_ratio=0.)
train_cfg = dict(max_epochs=400)
# MMEngine compares this with GPUs x videos per GPU
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
