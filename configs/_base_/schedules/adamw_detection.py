# AVA as published: AdamW, layer decay, no clipping, float16, warm-up from 0
# over 5 epochs, cosine; no weight decay of biases and 1-D parameters. A leaf
# adds what depends on the total batch: `lr`, `eta_min_ratio`; what depends on
# the network: `num_layers`, `decay_rate`; and `max_epochs`, which is the
# length of the schedule as well.
optim_wrapper = dict(
    type='AmpOptimWrapper',
    loss_scale='dynamic',
    optimizer=dict(
        type='mvd_mm.FusedAdamW',
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0.05),
    constructor='LearningRateDecayOptimizerConstructor',
    paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(
    type='mvd_mm.WarmupCosineLR', convert_to_iter_based=True, warmup=5)
train_cfg = dict(type='mvd_mm.ResumableTrainLoop', val_begin=1, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
