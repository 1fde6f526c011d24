# As motion_shapes_mvd.py, with nested masks: of 36 patches the student sees 9,
# its teacher those and 9 more. One clip of each video, not four.
_base_ = ['motion_shapes_mvd.py']

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit', scale=48), {{_base_.sampling}},
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
    dict(
        type='mvd_mm.NestedTubeMasking',
        grid_size=(4, 6, 6),
        mask_ratio=0.75,
        teacher_mask_ratio=0.5),
    dict(
        type='PackActionInputs', collect_keys=('imgs', 'mask', 'teacher_mask'))
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
