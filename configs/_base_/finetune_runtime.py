# The best checkpoint by validation (the centre crop of one clip at a random
# time) is kept beside the last one. Published numbers are of the last one.
_base_ = 'default_runtime.py'

default_hooks = dict(
    checkpoint=dict(
        interval=5, max_keep_ckpts=2, save_best='acc/top1', rule='greater'))
