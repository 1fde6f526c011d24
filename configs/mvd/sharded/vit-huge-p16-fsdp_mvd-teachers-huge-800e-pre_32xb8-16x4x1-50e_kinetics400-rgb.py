"""MVD ViT-H (teachers ViT-H, 800 epochs) fine-tuned, spread by FSDP.

The published recipe (Kinetics-400 87.3 / 97.4 in the paper), with weights,
gradients and the states of the optimiser spread over the processes. When this
pays: docs/scaling.md. The checkpoints are those of a run without FSDP:

    NNODES=4 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh CONFIG_WITHOUT_FSDP WORK_DIR/epoch_50.pth 8
"""
_base_ = [
    '../recognition/vit-huge-p16_mvd-teachers-huge-800e-pre_32xb8-16x4x1-50e_'
    'kinetics400-rgb.py'
]

runner_type = 'FlexibleRunner'
strategy = dict(type='mvd_mm.FSDPStrategy')
