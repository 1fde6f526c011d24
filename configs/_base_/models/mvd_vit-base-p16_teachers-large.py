# Student ViT-B, teachers ViT-L.
_base_ = ['mvd_vit-base-p16_teachers-base.py']

model = dict(
    branches=dict(
        image=dict(
            teacher=dict(
                vit=dict(embed_dims=1024, depth=24, num_heads=16),
                checkpoint='checkpoints/mae_pretrain_vit_large.pth'),
            decoder=dict(out_channels=1024)),
        video=dict(
            teacher=dict(
                vit=dict(embed_dims=1024, depth=24, num_heads=16),
                checkpoint='checkpoints/videomae_k400_vit-large_1600e.pth'),
            decoder=dict(out_channels=1024))))
