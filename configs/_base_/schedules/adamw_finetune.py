# Fine-tuning as published for MVD and VideoMAE: AdamW, layer decay, no
# clipping, warm-up from 0 over 5 epochs, cosine. A leaf adds what depends on
# the total batch: `lr`, `accumulative_counts`, `eta_min_ratio`; what depends
# on the network: `num_layers`, `decay_rate`; and `max_epochs`, which is the
# length of the schedule as well.
optim_wrapper = dict(
    type='AmpOptimWrapper',
    loss_scale='dynamic',
    optimizer=dict(
        type='mvd_mm.FusedAdamW',
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0.05),
    # learning rate of layer i: decay_rate ** (num_layers + 1 - i); the patch
    # embedding is layer 0, `fc_norm` and the head are layer num_layers + 1.
    # Biases and 1-D parameters have no weight decay
    constructor='LearningRateDecayOptimizerConstructor',
    paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
# the last value is a share of each group's peak: an absolute `eta_min` would
# be the same for all layers
param_scheduler = dict(
    type='mvd_mm.WarmupCosineLR', convert_to_iter_based=True, warmup=5)
train_cfg = dict(type='mvd_mm.ResumableTrainLoop', val_interval=5)
