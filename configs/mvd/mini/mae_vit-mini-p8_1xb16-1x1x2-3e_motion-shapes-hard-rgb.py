"""The image teacher of the harder demonstration: MAE on single frames.

    bash tools/quickstart.sh --mini
"""
_base_ = [
    '../../_base_/models/mae_vit-mini-p8.py',
    '../../_base_/datasets/motion_shapes-hard_mae-frames.py',
    '../../_base_/schedules/adamw_quickstart.py',
    '../../_base_/quickstart_runtime.py',
]

train_cfg = dict(max_epochs=3)
