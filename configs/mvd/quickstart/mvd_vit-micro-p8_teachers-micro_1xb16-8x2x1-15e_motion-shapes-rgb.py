"""The quickstart's student: MVD from both of its teachers.

    bash tools/quickstart.sh
"""
_base_ = [
    '../../_base_/models/mvd_vit-micro-p8_teachers-micro.py',
    '../../_base_/datasets/motion_shapes_mvd.py',
    '../../_base_/schedules/adamw_quickstart.py',
    '../../_base_/quickstart_runtime.py',
]

train_cfg = dict(max_epochs=15)
