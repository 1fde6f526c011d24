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
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/quickstart_runtime.py',
]

optim_wrapper = dict(
    _delete_=True,
    type='mvd_mm.AutocastOptimWrapper',
    optimizer=dict(
        type='AdamW', lr=1.5e-3, betas=(0.9, 0.999), weight_decay=0.05),
    constructor='LearningRateDecayOptimizerConstructor',
    paramwise_cfg=dict(num_layers=4, decay_rate=0.75))
param_scheduler = dict(warmup=2, end=15, eta_min_ratio=0.01)
train_cfg = dict(max_epochs=15, val_interval=5)
