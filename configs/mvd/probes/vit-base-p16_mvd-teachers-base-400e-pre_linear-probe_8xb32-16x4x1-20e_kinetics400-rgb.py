"""Linear probe of a frozen MVD ViT-B (teachers ViT-B) on Kinetics-400.

Mean of the tokens, batch norm without affine, linear layer, as in MAE's.

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
lr = 1e-3 * videos_per_iter / 256  # 1e-3

model = dict(cls_head=dict(batch_norm=True))
train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(lr=lr))
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
