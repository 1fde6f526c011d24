# ViT-H for recognition after VideoMAE or AMD: their 1-D positions, their
# CutMix, which cuts height and width of all frames, their stochastic depth.
_base_ = 'vit-huge-p16_recognition.py'

model = dict(
    backbone=dict(pos_embed_type='sinusoid_1d', drop_path_rate=0.2),
    cls_head=dict(dropout_ratio=0.5),
    data_preprocessor=dict(blending=dict(cutmix_axes='height_width')))
