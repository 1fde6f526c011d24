# AMD on Kinetics-400: the clips and crops of VideoMAE, four of each video, of
# one moment, with a crop and nested masks of their own. Of 196 patches the
# student sees 20, its teacher those and 29 more.
_base_ = ['kinetics400_mvd.py']

# a step with a name, for the pipelines of files that inherit from this one
masking = dict(
    type='mvd_mm.NestedTubeMasking',
    grid_size=(8, 14, 14),
    mask_ratio=0.9,
    teacher_mask_ratio=0.75)

train_pipeline = [
    dict(type='DecordInit'), {{_base_.sampling}},
    dict(type='DecordDecode'), {{_base_.multi_scale_crop}},
    dict(type='mvd_mm.TwoResolutionResize', scale=224),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )), masking,
    dict(
        type='PackActionInputs', collect_keys=('imgs', 'mask', 'teacher_mask'))
]
train_dataloader = dict(
    # repeats of a video stay neighbours; `batch_size` counts videos
    collate_fn=dict(type='repeat_pseudo_collate'),
    dataset=dict(
        type='mvd_mm.RepeatedAugDataset',
        num_repeats=4,
        sample_once=True,
        pipeline=train_pipeline))
