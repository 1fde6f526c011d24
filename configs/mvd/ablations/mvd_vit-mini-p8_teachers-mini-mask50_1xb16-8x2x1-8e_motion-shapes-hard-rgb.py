"""The harder demonstration's student, with half of the tokens hidden.

The published recipes hide 0.9; the mini one 0.75.

    python -m demo.ablations --only mask50
"""
_base_ = [
    '../mini/mvd_vit-mini-p8_teachers-mini_'
    '1xb16-8x2x1-8e_motion-shapes-hard-rgb.py'
]

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=64, max_bytes=2 << 30),
    {{_base_.sampling}},
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(type='mvd_mm.TubeMasking', grid_size=(4, 8, 8), mask_ratio=0.5),
    dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
