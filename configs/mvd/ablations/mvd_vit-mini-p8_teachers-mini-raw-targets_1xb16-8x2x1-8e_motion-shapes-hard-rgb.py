"""The harder demonstration's student, without LayerNorm on the targets.

All published recipes leave it off; the small ones here have it on.

    python -m demo.ablations --only raw-targets
"""
_base_ = [
    '../mini/mvd_vit-mini-p8_teachers-mini_'
    '1xb16-8x2x1-8e_motion-shapes-hard-rgb.py'
]

model = dict(
    branches=dict(
        image=dict(head=dict(norm_target=False)),
        video=dict(head=dict(norm_target=False))))
