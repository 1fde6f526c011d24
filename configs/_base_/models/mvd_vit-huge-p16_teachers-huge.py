# Student ViT-H with patches of 16; image teacher ViT-H with patches of 14, on
# frames of 196 pixels so that its grid is 14 x 14 too; video teacher ViT-H
# with patches of 16. Decoders 640 wide, 8 deep.
_base_ = ['mvd_vit-base-p16_teachers-base.py']

model = dict(
    backbone=dict(embed_dims=1280, depth=32, num_heads=16, drop_path_rate=0.2),
    branches=dict(
        image=dict(
            teacher=dict(
                view='imgs_image_teacher',
                vit=dict(
                    img_size=196,
                    patch_size=14,
                    embed_dims=1280,
                    depth=32,
                    num_heads=16),
                checkpoint='checkpoints/mae_pretrain_vit_huge.pth'),
            decoder=dict(
                in_channels=1280,
                out_channels=1280,
                embed_dims=640,
                depth=8,
                num_heads=8,
                drop_path_rate=0.2)),
        video=dict(
            teacher=dict(
                vit=dict(embed_dims=1280, depth=32, num_heads=16),
                checkpoint='checkpoints/videomae_k400_vit-huge_1600e.pth'),
            decoder=dict(
                in_channels=1280,
                out_channels=1280,
                embed_dims=640,
                depth=8,
                num_heads=8,
                drop_path_rate=0.2))))
