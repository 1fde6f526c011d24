"""MVD ViT-B (teachers ViT-L, 400 epochs) fine-tuned on Kinetics-400.

The published recipe; the paper reports 83.4 / 95.8 (top-1 / top-5)
at 16 frames x 5 clips x 3 crops, trained on 32 GPUs. Weights: below,
or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each
node, then test the last weights, as published:

    NNODES=4 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_75.pth 8
"""
_base_ = ('vit-base-p16_mvd-teachers-base-400e-pre_'
          '32xb6-accum2-16x4x1-75e_kinetics400-rgb.py')

checkpoint = 'checkpoints/mvd_vit-base_teachers-large_400e.pth'

model = dict(backbone=dict(init_cfg=dict(checkpoint=checkpoint)))
