"""The video teacher of the harder demonstration: VideoMAE on clips.

    bash tools/quickstart.sh --mini
"""
_base_ = [
    '../../_base_/models/videomae_vit-mini-p8.py',
    '../../_base_/datasets/motion_shapes-hard_mvd.py',
    '../../_base_/schedules/adamw_quickstart.py',
    '../../_base_/quickstart_runtime.py',
]

train_cfg = dict(max_epochs=12)
