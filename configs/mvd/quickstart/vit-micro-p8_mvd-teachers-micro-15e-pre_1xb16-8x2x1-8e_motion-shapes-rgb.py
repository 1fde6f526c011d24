"""The quickstart's fine-tuning: ten classes of motion, 480 labelled clips.

    python tools/train.py THIS_FILE \
        --cfg-options model.backbone.init_cfg.checkpoint=MVD.pth
    python tools/test.py THIS_FILE CHECKPOINT

Without a checkpoint the same network trains from scratch. Videos elsewhere:
`{train,val,test}_dataloader.dataset.{ann_file,data_prefix.video}`.
"""
_base_ = [
    '../../_base_/models/vit-micro-p8_recognition.py',
    '../../_base_/datasets/motion_shapes_recognition.py',
    '../../_base_/schedules/adamw_micro-finetune.py',
    '../../_base_/quickstart_runtime.py',
]
