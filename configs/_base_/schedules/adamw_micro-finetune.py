# Fine-tuning of the demonstrations' networks of 4 blocks: a minute on two
# cores, in bfloat16 if the CPU or GPU supports it. With few labels a network
# overfits soon: the classifier learns fast, the layers below it slowly.
_base_ = 'adamw_finetune.py'

optim_wrapper = dict(
    _delete_=True,
    type='mvd_mm.AutocastOptimWrapper',
    optimizer=dict(
        type='mvd_mm.FusedAdamW',
        lr=3e-3,
        betas=(0.9, 0.999),
        weight_decay=0.05),
    paramwise_cfg=dict(
        custom_keys=dict(backbone=dict(lr_mult=0.1)),
        norm_decay_mult=0.,
        bias_decay_mult=0.,
        flat_decay_mult=0.))
param_scheduler = dict(warmup=2, eta_min_ratio=0.01)
train_cfg = dict(max_epochs=8, val_interval=4)
