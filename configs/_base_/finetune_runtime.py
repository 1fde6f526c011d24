# The best checkpoint by validation (one centre crop of one clip) is kept.
_base_ = 'default_runtime.py'

default_hooks = dict(
    checkpoint=dict(
        interval=5, max_keep_ckpts=2, save_best='acc/top1', rule='greater'))
