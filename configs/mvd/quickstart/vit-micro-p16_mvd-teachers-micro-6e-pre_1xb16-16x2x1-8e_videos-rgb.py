"""The quickstart's fine-tuning on your own videos, a sub-folder per class.

    bash tools/quickstart.sh --videos DIR

It sets `model.cls_head.num_classes` to the number of your classes.
"""
_base_ = [
    '../../_base_/models/vit-micro-p16_recognition.py',
    '../../_base_/datasets/videos_recognition.py',
    '../../_base_/schedules/adamw_micro-finetune.py',
    '../../_base_/quickstart_runtime.py',
]
