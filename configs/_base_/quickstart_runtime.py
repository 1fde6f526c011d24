# For runs of minutes: a line every 10 iterations, two checkpoints kept.
_base_ = 'default_runtime.py'

default_hooks = dict(
    logger=dict(interval=10), checkpoint=dict(interval=4, max_keep_ckpts=2))
