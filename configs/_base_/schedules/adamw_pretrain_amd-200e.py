# AMD pre-trains 200 epochs on 32 GPUs x 16 videos x 4 repeats ("800" where
# repeats are counted). As adamw_pretrain.py, but warm-up over 10 epochs,
# gradients clipped to a norm of 0.02, and mask tokens that do not decay. A
# leaf adds `train_dataloader.batch_size`, which belongs to the data.
_base_ = 'adamw_pretrain.py'

videos_per_iter = 32 * 16  # GPUs x videos per GPU; 2048 clips
# repeats are not counted: 3e-4 for 256 clips
lr = 1.2e-3 * videos_per_iter / 256  # 2.4e-3
min_lr = 1e-5 * videos_per_iter / 256  # 2e-5

optim_wrapper = dict(
    optimizer=dict(lr=lr),
    # over student, projections, generators and decoder together
    clip_grad=dict(max_norm=0.02),
    paramwise_cfg=dict(custom_keys=dict(mask_token=dict(decay_mult=0.))))
param_scheduler = dict(warmup=10, eta_min_ratio=min_lr / lr)
train_cfg = dict(max_epochs=200)
# MMEngine compares this with GPUs x videos per GPU
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
