# Minutes on two cores, in bfloat16 if the CPU or GPU supports it. One epoch of
# the rendered set is 120 iterations of 16 clips.
optim_wrapper = dict(
    type='mvd_mm.AutocastOptimWrapper',
    optimizer=dict(
        type='mvd_mm.FusedAdamW',
        lr=1.5e-3,
        betas=(0.9, 0.95),
        weight_decay=0.05),
    paramwise_cfg=dict(
        norm_decay_mult=0., bias_decay_mult=0., flat_decay_mult=0.))
param_scheduler = dict(
    type='mvd_mm.WarmupCosineLR',
    convert_to_iter_based=True,
    warmup=1,
    eta_min_ratio=0.01)
train_cfg = dict(type='mvd_mm.ResumableTrainLoop', max_epochs=12)
