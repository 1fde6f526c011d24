"""MVD ViT-B (teachers ViT-L, 400 epochs) on HMDB51, split 1.

The paper reports 79.7 (top-1) without settings. This is EVEREST's published
fine-tuning on HMDB51, views 10 x 3: 50 epochs without Mixup, CutMix and
repeats. Where its values are not known, those of MVD's fine-tuning stand:
minimum lr, label smoothing, head dropout 0. The number of GPUs is ours.
Weights: below or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`.
Train, then test the last weights:

    bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_50.pth 8
"""
_base_ = ('vit-base-p16_mvd-teachers-base-400e-pre_'
          '8xb16-16x2x1-50e_hmdb51-rgb.py')

checkpoint = 'checkpoints/mvd_vit-base_teachers-large_400e.pth'

model = dict(backbone=dict(init_cfg=dict(checkpoint=checkpoint)))
