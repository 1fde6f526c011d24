"""Attentive probe of a frozen MVD ViT-B (teachers ViT-B), Kinetics-400.

A learned query attends to the tokens: one cross-attention block, then a
linear layer.

    bash tools/dist_train.sh THIS_FILE 8

The publication gives neither numbers nor settings: these are ours. Weights:
`--cfg-options model.backbone.init_cfg.checkpoint=FILE`.
"""
_base_ = [
    '../../_base_/models/vit-base-p16_probe.py',
    '../../_base_/datasets/kinetics400_probe.py',
    '../../_base_/schedules/adamw_probe.py',
    '../../_base_/finetune_runtime.py',
]

videos_per_iter = 8 * 32  # GPUs x videos per GPU
lr = 5e-4 * videos_per_iter / 256  # 5e-4

model = dict(
    cls_head=dict(
        _delete_=True,
        type='mvd_mm.AttentiveHead',
        num_classes=400,
        in_channels=768,
        num_heads=12))
train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(lr=lr))
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
