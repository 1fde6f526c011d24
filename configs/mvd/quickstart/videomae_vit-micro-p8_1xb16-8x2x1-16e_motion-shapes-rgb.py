"""The quickstart's video teacher: VideoMAE on clips of the rendered set.

    bash tools/quickstart.sh
"""
_base_ = [
    '../../_base_/models/videomae_vit-micro-p8.py',
    '../../_base_/datasets/motion_shapes_mvd.py',
    '../../_base_/schedules/adamw_quickstart.py',
    '../../_base_/quickstart_runtime.py',
]

train_cfg = dict(max_epochs=16)
