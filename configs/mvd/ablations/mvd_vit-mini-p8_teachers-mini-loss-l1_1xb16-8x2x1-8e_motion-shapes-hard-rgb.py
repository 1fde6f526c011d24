"""The harder demonstration's student, with an L1 loss.

The publication trains with smooth L1; L1 is an option of it.

    python -m demo.ablations --only loss-l1
"""
_base_ = [
    '../mini/mvd_vit-mini-p8_teachers-mini_'
    '1xb16-8x2x1-8e_motion-shapes-hard-rgb.py'
]

model = dict(
    branches=dict(
        image=dict(
            head=dict(
                loss=dict(type='mvd_mm.RegressionLoss', criterion='l1'))),
        video=dict(
            head=dict(
                loss=dict(type='mvd_mm.RegressionLoss', criterion='l1')))))
