"""The harder demonstration's student, from its video teacher alone.

Ablation: without the other teacher and its decoder.

    bash tools/quickstart.sh --mini --ablation
"""
_base_ = [
    'mvd_vit-mini-p8_teachers-mini_'
    '1xb16-8x2x1-8e_motion-shapes-hard-rgb.py'
]

model = dict(
    branches=dict(_delete_=True, video={{_base_.model.branches.video}}))
