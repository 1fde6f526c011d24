# MAE, ViT-B, on single frames of 224 pixels: 14 x 14 patches of
# 3 * 16 * 16 = 768 values. The other sizes inherit from this file and change
# widths, depths, heads and patches alone.
model = dict(
    type='mvd_mm.MaskedAutoencoder',
    data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'),
    backbone=dict(
        type='mvd_mm.MVDVisionTransformer',
        img_size=224,
        patch_size=16,
        embed_dims=768,
        depth=12,
        num_heads=12,
        num_frames=1,
        tubelet_size=1,
        with_cls_token=True,
        qkv_bias='full',
        pos_embed_type='sincos_2d',
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
        out_channels=768,
        grid_size=(1, 14, 14),
        embed_dims=512,
        depth=8,
        num_heads=16,
        qkv_bias='full',
        pos_embed_type='sincos_2d',
        num_extra_tokens=1,
        # the start of the mask token is a normal, not cut as VideoMAE's
        mask_token_bound=None),
    head=dict(
        type='mvd_mm.PixelReconstructionHead',
        patch_size=16,
        tubelet_size=1,
        norm_target='patch'))
