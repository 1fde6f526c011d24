"""The harder demonstration's student, from pixels in place of features.

VideoMAE for as many epochs as the students of MVD.

    python -m demo.ablations --only pixels
"""
_base_ = [
    '../mini/videomae_vit-mini-p8_'
    '1xb16-8x2x1-12e_motion-shapes-hard-rgb.py'
]

train_cfg = dict(max_epochs=8)
