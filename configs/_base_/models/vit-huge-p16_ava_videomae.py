# ViT-H for AVA after VideoMAE or AMD: their 1-D positions.
_base_ = ['./vit-huge-p16_ava.py']

model = dict(backbone=dict(pos_embed_type='sinusoid_1d'))
