"""The student of the harder demonstration: MVD from both of its teachers.

    bash tools/quickstart.sh --mini
"""
_base_ = [
    '../../_base_/models/mvd_vit-mini-p8_teachers-mini.py',
    '../../_base_/datasets/motion_shapes-hard_mvd.py',
    '../../_base_/schedules/adamw_quickstart.py',
    '../../_base_/quickstart_runtime.py',
]

train_cfg = dict(max_epochs=8)
