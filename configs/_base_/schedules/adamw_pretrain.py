# Pre-training as published for MVD, VideoMAE and MAE: AdamW, no clipping,
# warm-up from 0 over 40 epochs, cosine. A leaf adds what depends on the total
# batch: `lr`, `accumulative_counts`, `eta_min_ratio`; and `max_epochs`, which
# is the length of the schedule as well.
optim_wrapper = dict(
    type='AmpOptimWrapper',
    loss_scale='dynamic',
    optimizer=dict(
        type='mvd_mm.FusedAdamW',
        betas=(0.9, 0.95),
        eps=1e-8,
        weight_decay=0.05),
    # Biases, norms and 1-D parameters (`flat`: q_bias and v_bias) have no
    # weight decay. Mask tokens, of shape (1, 1, D), have it, as published.
    paramwise_cfg=dict(
        norm_decay_mult=0., bias_decay_mult=0., flat_decay_mult=0.))
param_scheduler = dict(
    type='mvd_mm.WarmupCosineLR', convert_to_iter_based=True, warmup=40)
train_cfg = dict(type='mvd_mm.ResumableTrainLoop')
