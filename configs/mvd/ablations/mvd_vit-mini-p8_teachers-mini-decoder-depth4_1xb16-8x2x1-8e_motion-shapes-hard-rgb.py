"""The harder demonstration's student, with decoders of four blocks.

The published decoders have 2 (S, B), 4 (L) or 8 (H) blocks; the mini one has
2.

    python -m demo.ablations --only decoder-depth4
"""
_base_ = [
    '../mini/mvd_vit-mini-p8_teachers-mini_'
    '1xb16-8x2x1-8e_motion-shapes-hard-rgb.py'
]

model = dict(
    branches=dict(
        image=dict(decoder=dict(depth=4)), video=dict(decoder=dict(depth=4))))
