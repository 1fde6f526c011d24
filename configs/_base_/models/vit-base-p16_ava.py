# ViT-B for AVA in mmdet's FastRCNN: LN on the tokens, mean over time, RoIAlign
# of 7 x 7 bins, maximum, linear to 80 actions. The other sizes inherit from
# this file.
#
# The weights are given by
# `--cfg-options model.backbone.init_cfg.checkpoint=FILE` (None: from scratch):
# published or ours, of pre-training or of recognition, loaded strictly. After
# recognition the LN starts new: that file's `fc_norm` closed a mean, not the
# tokens.
model = dict(
    type='mmdet.FastRCNN',
    backbone=dict(
        type='mvd_mm.MVDVisionTransformer',
        # the size of pre-training; positions are resized to each frame
        img_size=224,
        patch_size=16,
        embed_dims=768,
        depth=12,
        num_heads=12,
        num_frames=16,
        drop_path_rate=0.2,
        use_mean_pooling=False,
        return_feat_map=True,
        init_cfg=dict(type='Pretrained', checkpoint=None)),
    roi_head=dict(
        type='mvd_mm.MVDRoIHead',
        expand_ratio=(0.1, 0.05),
        bbox_roi_extractor=dict(
            type='mvd_mm.RoIAlignExtractor3D',
            featmap_stride=16,
            output_size=7,
            aligned=False),
        bbox_head=dict(
            type='mvd_mm.PersonScoreBBoxHead',
            in_channels=768,
            num_classes=81,  # 80 actions; 0 stands for none
            init_scale=0.001,
            # over the boxes of a process; 'mean' as in MMAction2
            loss_reduction='sum')),
    data_preprocessor=dict(
        type='mvd_mm.DetectionDataPreprocessor',
        pad_size_divisor=16,
        # of the published detection, not those of pre-training
        mean=[122.77, 115.95, 102.98],
        std=[57.375, 57.375, 57.375],
        format_shape='NCTHW'),
    train_cfg=dict(
        rcnn=dict(
            # proposal i is box i, jittered by the pipeline
            assigner=dict(type='mvd_mm.RowAssigner'),
            sampler=dict(type='mmdet.PseudoSampler'),
            pos_weight=1.0)),
    test_cfg=dict(rcnn=None))
