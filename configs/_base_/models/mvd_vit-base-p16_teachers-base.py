# Student ViT-B, teachers ViT-B. 16 frames of 224 pixels in tubelets of
# 2 x 16 x 16: 8 x 14 x 14 tokens. The other pairs inherit from this file and
# change widths, depths and heads alone.
model = dict(
    type='mvd_mm.MVD',
    data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'),
    backbone=dict(
        type='mvd_mm.MVDVisionTransformer',
        embed_dims=768,
        depth=12,
        num_heads=12,
        drop_path_rate=0.1,
        # every visible token goes through the closing norm, no mean
        use_mean_pooling=False,
        # of pre-training; the default is that of fine-tuning
        init_cfg=[
            dict(
                type='Xavier', layer='Linear', distribution='uniform',
                bias=0.),
            dict(type='Constant', layer='LayerNorm', val=1., bias=0.)
        ]),
    branches=dict(
        image=dict(
            teacher=dict(
                type='mvd_mm.MAEImageTeacher',
                vit=dict(embed_dims=768, depth=12, num_heads=12),
                checkpoint='checkpoints/mae_pretrain_vit_base.pth'),
            decoder=dict(
                type='mvd_mm.MaskedTokenDecoder',
                in_channels=768,  # the student's width
                out_channels=768,  # the teacher's width
                grid_size=(8, 14, 14),
                embed_dims=768,
                depth=2,
                num_heads=12,
                drop_path_rate=0.1),
            head=dict(type='mvd_mm.FeatureDistillHead')),
        video=dict(
            teacher=dict(
                type='mvd_mm.VideoMAETeacher',
                vit=dict(embed_dims=768, depth=12, num_heads=12),
                checkpoint='checkpoints/videomae_k400_vit-base_1600e.pth'),
            decoder=dict(
                type='mvd_mm.MaskedTokenDecoder',
                in_channels=768,
                out_channels=768,
                grid_size=(8, 14, 14),
                embed_dims=768,
                depth=2,
                num_heads=12,
                drop_path_rate=0.1),
            head=dict(type='mvd_mm.FeatureDistillHead'))))
