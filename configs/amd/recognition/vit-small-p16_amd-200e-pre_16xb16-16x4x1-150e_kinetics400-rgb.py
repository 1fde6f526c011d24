"""AMD ViT-S (200 epochs) fine-tuned on Kinetics-400.

The published script; 80.1 / 94.5 (top-1 / top-5) are published at 16 frames x
5 clips x 3 crops. Two scripts differ in their GPUs; which of them gave this is
not known. Weights: below, or
`--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train on each node,
then test the last weights:

    NNODES=2 bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_150.pth 8
"""
_base_ = [
    '../../_base_/models/vit-small-p16_recognition_videomae.py',
    '../../_base_/datasets/kinetics400_recognition.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

checkpoint = 'checkpoints/amd_k400_vit-small_200e.pth'
# the slurm script; the other has 32 GPUs: total 512, lr 2e-3
total_batch = 16 * 16  # GPUs x videos per GPU, repeats not counted: 256
lr = 1e-3 * total_batch / 256  # 1e-3; at the end 1e-6

model = dict(backbone=dict(init_cfg=dict(checkpoint=checkpoint)))
train_dataloader = dict(batch_size=16)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(eta_min_ratio=1e-6 / 1e-3)
train_cfg = dict(max_epochs=150)
# MMEngine compares this with GPUs x videos per GPU
auto_scale_lr = dict(enable=False, base_batch_size=total_batch)
