# VideoMAE's pre-training: adamw_pretrain.py, but the mask token does not decay
# either (MVD's mask tokens do). The base lr falls from 1.5e-4 to 1e-5, each
# times total batch / 256. A leaf adds `lr` and `max_epochs`.
#
# The scripts ask for one epoch more than the files are named after, 801, 1601,
# 2401 or 3201, and stop short of the end of the cosine. Here it is the number
# in the name.
_base_ = 'adamw_pretrain.py'

optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys=dict(mask_token=dict(decay_mult=0.))))
param_scheduler = dict(eta_min_ratio=1e-5 / 1.5e-4)
