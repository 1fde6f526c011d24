# One classifier on frozen features: AdamW without layer decay.
optim_wrapper = dict(
    type='AmpOptimWrapper',
    loss_scale='dynamic',
    optimizer=dict(
        type='mvd_mm.FusedAdamW',
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0.01),
    paramwise_cfg=dict(
        norm_decay_mult=0., bias_decay_mult=0., flat_decay_mult=0.))
param_scheduler = dict(
    type='mvd_mm.WarmupCosineLR',
    convert_to_iter_based=True,
    warmup=2,
    eta_min_ratio=0.)
train_cfg = dict(
    type='mvd_mm.ResumableTrainLoop', max_epochs=20, val_interval=5)
