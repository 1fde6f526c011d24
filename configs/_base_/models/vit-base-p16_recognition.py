# ViT-B for recognition at 16 frames of 224 pixels: mean of the last block's
# tokens, `fc_norm`, dropout, linear head. The other sizes inherit from this
# file; data sets change `num_classes`, in the head and in the blending.
#
# The file of the pre-training is given by
# `--cfg-options model.backbone.init_cfg.checkpoint=FILE` (None: from scratch):
# published or ours, of pre-training or fine-tuning, loaded strictly.
model = dict(
    type='Recognizer3D',
    backbone=dict(
        type='mvd_mm.MVDVisionTransformer',
        img_size=224,
        patch_size=16,
        embed_dims=768,
        depth=12,
        num_heads=12,
        drop_path_rate=0.1,
        num_frames=16,
        init_cfg=dict(type='Pretrained', checkpoint=None)),
    cls_head=dict(
        type='mvd_mm.RecognitionHead',
        num_classes=400,
        in_channels=768,
        dropout_ratio=0.,
        # truncated normal of 0.02, then times 0.001
        init_std=0.02,
        init_scale=0.001,
        # mean over the views of each one's softmax
        average_clips='prob'),
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW',
        blending=dict(
            type='mvd_mm.ReversedMixupCutmix',
            num_classes=400,
            mixup_alpha=0.8,
            cutmix_alpha=1.0,
            prob=1.0,
            switch_prob=0.5,
            smoothing=0.1,
            # CutMix as it ran: boxes in time and height. 'height_width', the
            # default of the class, cuts height and width of all frames
            cutmix_axes='frames_height')))
