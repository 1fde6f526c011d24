# MMAction2's own VideoMAE recipe for detection, with MVD's backbone in it:
# AVA-Kinetics, batch 8 x 8 = 64, lr 1.25e-4, crops of 256 out of 256-320,
# ground truth and FAIR proposals of IoU 0.9, person score >= 0.9, RoIAlign
# 8 x 8, dropout 0.5, clipping at 40, head of 81. Its published result with
# VideoMAE's ViT-B is 33.6 mAP. A whole recipe: it takes the place of all four
# bases of a leaf. ViT-L: embed_dims 1024, depth 24, num_heads 16,
# bbox_head.in_channels 1024, num_layers 24, lr 2.5e-4 (38.7 mAP).
_base_ = [
    'mmaction::detection/videomae/'
    'vit-base-p16_videomae-k400-pre_8xb8-16x4x1-20e-adamw_ava-kinetics-rgb.py'
]

custom_imports = dict(
    imports=['mvd_mm', 'mvd_mm.models.roi_heads'], allow_failed_imports=False)

model = dict(
    # the backbone reads its file itself, strictly
    init_cfg=None,
    backbone=dict(
        type='mvd_mm.MVDVisionTransformer',
        init_cfg=dict(type='Pretrained', checkpoint=None)),
    # other shapes of frames than whole patches
    data_preprocessor=dict(type='mvd_mm.DetectionDataPreprocessor'))
