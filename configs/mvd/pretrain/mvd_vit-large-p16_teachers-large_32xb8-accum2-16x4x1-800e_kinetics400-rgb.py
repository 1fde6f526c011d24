"""MVD ViT-L distilled from ViT-L teachers, 800 epochs on Kinetics-400.

The published recipe. Fine-tuned, the paper reports Kinetics-400 86.4 / 97.0,
Something-Something V2 76.7 / 95.5, AVA 37.7 mAP (../README.md).
Hardware in the paper: 32 V100. On each of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    'mvd_vit-large-p16_teachers-large_32xb8-accum2-16x4x1-400e_'
    'kinetics400-rgb.py'
]

lr = 1.5e-4 * 512 / 256  # 3e-4, as with 400 epochs
min_lr = 1e-5 * 512 / 256  # 2e-5, a tenth of that with 400 epochs

param_scheduler = dict(eta_min_ratio=min_lr / lr)
train_cfg = dict(max_epochs=800)
