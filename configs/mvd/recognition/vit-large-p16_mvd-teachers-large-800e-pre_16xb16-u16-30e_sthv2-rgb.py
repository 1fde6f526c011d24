"""MVD ViT-L (teachers ViT-L, 800 epochs) fine-tuned on Something-Something V2.

The published recipe; the paper reports 76.7 / 95.5 (top-1 / top-5)
at 16 frames x 2 clips x 3 crops, trained on 16 GPUs. Weights: below,
or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each
node, then test the last weights, as published:

    NNODES=2 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_30.pth 8
"""
_base_ = ('vit-large-p16_mvd-teachers-large-400e-pre_'
          '16xb16-u16-30e_sthv2-rgb.py')

checkpoint = 'checkpoints/mvd_vit-large_teachers-large_800e.pth'

model = dict(backbone=dict(init_cfg=dict(checkpoint=checkpoint)))
