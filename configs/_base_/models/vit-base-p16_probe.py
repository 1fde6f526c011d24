# A frozen ViT-B and a classifier on its tokens (B, L, D), after pre-training's
# closing norm, without Mixup and CutMix.
_base_ = 'vit-base-p16_recognition.py'

model = dict(
    type='mvd_mm.FrozenRecognizer3D',
    backbone=dict(
        drop_path_rate=0.,
        use_mean_pooling=False,
        init_cfg=dict(
            checkpoint='checkpoints/mvd_vit-base_teachers-base_400e.pth')),
    data_preprocessor=dict(blending=None))
