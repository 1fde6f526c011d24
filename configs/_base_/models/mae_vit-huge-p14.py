# MAE, ViT-H with patches of 14: 16 x 16 patches of 3 * 14 * 14 = 588 values.
# As MVD's image teacher it looks at 196 pixels, that is, at 14 x 14 patches:
# the fixed positions are then built for that grid, not read from the file.
_base_ = ['mae_vit-base-p16.py']

model = dict(
    backbone=dict(patch_size=14, embed_dims=1280, depth=32, num_heads=16),
    decoder=dict(in_channels=1280, out_channels=588, grid_size=(1, 16, 16)),
    head=dict(patch_size=14))
