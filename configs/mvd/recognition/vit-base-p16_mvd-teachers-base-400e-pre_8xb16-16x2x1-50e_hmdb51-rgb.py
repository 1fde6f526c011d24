"""MVD ViT-B (teachers ViT-B, 400 epochs) on HMDB51, split 1.

The paper reports 76.4 (top-1) without settings. This is EVEREST's published
fine-tuning on HMDB51, views 10 x 3: 50 epochs without Mixup, CutMix and
repeats. Where its values are not known, those of MVD's fine-tuning stand:
minimum lr, label smoothing, head dropout 0. The number of GPUs is ours.
Weights: below or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`.
Train, then test the last weights:

    bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_50.pth 8
"""
_base_ = [
    '../../_base_/models/vit-base-p16_recognition.py',
    '../../_base_/datasets/hmdb51_recognition.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

videos_per_iter = 8 * 16  # GPUs x videos per GPU
total_batch = videos_per_iter  # 128
lr = 1e-3 * total_batch / 256  # 5e-4

model = dict(
    backbone=dict(
        drop_path_rate=0.1,
        init_cfg=dict(
            checkpoint='checkpoints/mvd_vit-base_teachers-base_400e.pth')),
    # without Mixup the head smooths the labels
    cls_head=dict(num_classes=51, label_smooth_eps=0.1),
    data_preprocessor=dict(blending=None))
train_dataloader = dict(batch_size=16)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(eta_min_ratio=1e-6 / 1e-3)
train_cfg = dict(max_epochs=50)
# MMEngine compares this with GPUs x videos per GPU, without accumulation
auto_scale_lr = dict(enable=False, base_batch_size=videos_per_iter)
