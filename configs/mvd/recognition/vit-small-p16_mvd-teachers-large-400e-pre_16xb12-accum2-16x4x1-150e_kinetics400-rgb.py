"""MVD ViT-S (teachers ViT-L, 400 epochs) fine-tuned on Kinetics-400.

The published recipe; the paper reports 81.0 / 94.8 (top-1 / top-5)
at 16 frames x 5 clips x 3 crops, trained on 16 GPUs. Weights: below,
or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each
node, then test the last weights, as published:

    NNODES=2 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_150.pth 8
"""
_base_ = ('vit-small-p16_mvd-teachers-base-400e-pre_'
          '16xb12-accum2-16x4x1-150e_kinetics400-rgb.py')

checkpoint = 'checkpoints/mvd_vit-small_teachers-large_400e.pth'

model = dict(backbone=dict(init_cfg=dict(checkpoint=checkpoint)))
