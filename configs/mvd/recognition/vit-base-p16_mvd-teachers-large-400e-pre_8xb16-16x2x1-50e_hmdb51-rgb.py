"""MVD ViT-B (teachers ViT-L, 400 epochs) on HMDB51, split 1.

The paper reports 79.7 (top-1, 10 x 3 views) without settings: these
are of the nearest published analogue,
EVEREST's on HMDB51, the rest VideoMAE-B's on UCF101.
Weights: below or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`.

    bash tools/dist_train.sh THIS_FILE 8
"""
_base_ = ('vit-base-p16_mvd-teachers-base-400e-pre_'
          '8xb16-16x2x1-50e_hmdb51-rgb.py')

checkpoint = 'checkpoints/mvd_vit-base_teachers-large_400e.pth'

model = dict(backbone=dict(init_cfg=dict(checkpoint=checkpoint)))
