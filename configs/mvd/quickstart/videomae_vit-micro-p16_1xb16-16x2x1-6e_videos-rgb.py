"""The video teacher of the quickstart on a folder of your own videos.

    bash tools/quickstart.sh --videos DIR
"""
_base_ = [
    '../../_base_/models/videomae_vit-micro-p16.py',
    '../../_base_/datasets/videos_mvd.py',
    '../../_base_/schedules/adamw_quickstart.py',
    '../../_base_/quickstart_runtime.py',
]

train_cfg = dict(max_epochs=6)
