# The demonstrations' network for recognition: a ViT of 4 blocks, 128 wide, on
# 8 frames of 48 pixels; the backbone of mvd_vit-micro-p8_teachers-micro.py.
# Mixup and CutMix are off: they need more epochs than a demonstration has. A
# mean over time would hide the order of a clip, and there is no time to learn
# around that. So the means of the 4 time slices, after pre-training's closing
# norm and a batch norm, are concatenated and classified.
model = dict(
    type='Recognizer3D',
    backbone=dict(
        type='mvd_mm.MVDVisionTransformer',
        img_size=48,
        patch_size=8,
        embed_dims=128,
        depth=4,
        num_heads=2,
        drop_path_rate=0.,
        num_frames=8,
        use_mean_pooling=False,  # tokens, after pre-training's closing norm
        # a checkpoint of the pre-training; None: from scratch
        init_cfg=dict(type='Pretrained', checkpoint=None)),
    cls_head=dict(
        type='mvd_mm.RecognitionHead',
        num_classes=10,
        in_channels=128,
        num_slices=4,
        batch_norm=True,
        label_smooth_eps=0.1,
        average_clips='prob'),
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW'))
