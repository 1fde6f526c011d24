"""AMD ViT-S (200 epochs on Kinetics-400) fine-tuned on HMDB51.

Our analogue: EVEREST's fine-tuning on this data, as MVD's is here, views 10 x
3, split 1; 50 epochs without Mixup, CutMix and repeats. Nothing is published.
For another split set `dataset.ann_file` in all three loaders. Weights: below,
or `--cfg-options model.backbone.init_cfg.checkpoint=FILE`. Train, then test
the last weights:

    bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_50.pth 8
"""
_base_ = [
    '../../_base_/models/vit-small-p16_recognition_videomae.py',
    '../../_base_/datasets/hmdb51_recognition.py',
    '../../_base_/schedules/adamw_finetune.py',
    '../../_base_/finetune_runtime.py',
]

checkpoint = 'checkpoints/amd_k400_vit-small_200e.pth'
total_batch = 8 * 16  # GPUs x videos per GPU: 128
lr = 1e-3 * total_batch / 256  # 5e-4; at the end 5e-7

model = dict(
    backbone=dict(init_cfg=dict(checkpoint=checkpoint)),
    # without Mixup the head smooths the labels
    cls_head=dict(num_classes=51, label_smooth_eps=0.1),
    data_preprocessor=dict(blending=None))
train_dataloader = dict(batch_size=16)
optim_wrapper = dict(
    optimizer=dict(lr=lr), paramwise_cfg=dict(num_layers=12, decay_rate=0.75))
param_scheduler = dict(eta_min_ratio=1e-6 / 1e-3)
train_cfg = dict(max_epochs=50)
# MMEngine compares this with GPUs x videos per GPU
auto_scale_lr = dict(enable=False, base_batch_size=total_batch)
