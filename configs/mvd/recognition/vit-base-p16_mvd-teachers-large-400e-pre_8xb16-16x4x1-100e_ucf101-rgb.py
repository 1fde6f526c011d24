"""MVD ViT-B (teachers ViT-L, 400 epochs) on UCF101, split 1.

The paper reports 97.5 (top-1) without settings. This is VideoMAE's published
fine-tuning of ViT-B on UCF101, views 5 x 3, trained on 8 GPUs. Weights: below
or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train, then test
the last weights, as published:

    bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_100.pth 8
"""
_base_ = ('vit-base-p16_mvd-teachers-base-400e-pre_'
          '8xb16-16x4x1-100e_ucf101-rgb.py')

checkpoint = 'checkpoints/mvd_vit-base_teachers-large_400e.pth'

model = dict(backbone=dict(init_cfg=dict(checkpoint=checkpoint)))
