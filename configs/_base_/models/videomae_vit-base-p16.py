# VideoMAE, ViT-B. 16 frames of 224 pixels in tubelets of 2 x 16 x 16:
# 8 x 14 x 14 tokens of 3 * 2 * 16 * 16 = 1536 values. The other sizes inherit
# from this file and change widths, depths and heads alone.
model = dict(
    type='mvd_mm.MaskedAutoencoder',
    data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'),
    backbone=dict(
        type='mvd_mm.MVDVisionTransformer',
        embed_dims=768,
        depth=12,
        num_heads=12,
        pos_embed_type='sinusoid_1d',
        use_mean_pooling=False,
        init_cfg=[
            dict(
                type='Xavier', layer='Linear', distribution='uniform',
                bias=0.),
            dict(type='Constant', layer='LayerNorm', val=1., bias=0.)
        ]),
    decoder=dict(
        type='mvd_mm.MaskedTokenDecoder',
        in_channels=768,
        out_channels=1536,
        grid_size=(8, 14, 14),
        embed_dims=384,
        depth=4,
        num_heads=6,
        pos_embed_type='sinusoid_1d',
        proj_bias=False,
        # MVD's and MAE's are Xavier's
        proj_init='default'),
    head=dict(
        type='mvd_mm.PixelReconstructionHead',
        patch_size=16,
        tubelet_size=2,
        norm_target='channel'))
