"""The detection quickstart: who does what in small rendered scenes.

    bash tools/quickstart.sh --task detection

trains it from the quickstart's MVD student and from scratch, on two cores.
By hand, from a student (without the option: from scratch):

    python tools/train.py THIS_FILE \
        --cfg-options model.backbone.init_cfg.checkpoint=MVD.pth
    python tools/test.py THIS_FILE CHECKPOINT

The videos are those of demo/action_shapes.
"""
_base_ = [
    '../../_base_/models/vit-micro-p8_ava.py',
    '../../_base_/datasets/action_shapes.py',
    '../../_base_/schedules/adamw_micro-finetune.py',
    '../../_base_/quickstart_runtime.py',
]

custom_imports = dict(
    imports=['mvd_mm', 'mvd_mm.models.roi_heads'], allow_failed_imports=False)

# ten times the labels of its recognition sibling: the backbone may move
optim_wrapper = dict(
    optimizer=dict(lr=2e-3),
    paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=0.5))))
param_scheduler = dict(warmup=1)
train_cfg = dict(max_epochs=10, val_interval=5)
