"""The quickstart's student, from its video teacher alone.

Ablation: without the other teacher and its decoder.

    bash tools/quickstart.sh --ablation
"""
_base_ = [
    'mvd_vit-micro-p8_teachers-micro_'
    '1xb16-8x2x1-15e_motion-shapes-rgb.py'
]

model = dict(
    branches=dict(_delete_=True, video={{_base_.model.branches.video}}))
