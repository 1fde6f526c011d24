"""The quickstart's image teacher: MAE on single frames of the rendered set.

    bash tools/quickstart.sh
"""
_base_ = [
    '../../_base_/models/mae_vit-micro-p8.py',
    '../../_base_/datasets/motion_shapes_mae-frames.py',
    '../../_base_/schedules/adamw_quickstart.py',
    '../../_base_/quickstart_runtime.py',
]

train_cfg = dict(max_epochs=3)
