# As kinetics400_mvd.py, with the first frame of each tubelet at 196 pixels
# beside the clip: an image teacher with patches of 14 then sees 14 x 14
# patches, as the student does.
_base_ = ['kinetics400_mvd.py']

train_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='SampleFrames',
        clip_len=16,
        frame_interval=4,
        num_clips=1,
        out_of_bound_opt='repeat_last'),
    dict(type='DecordDecode'),
    dict(
        type='MultiScaleCrop',
        input_size=224,
        scales=(1, 0.875, 0.75, 0.66),
        max_wh_scale_gap=1,
        random_crop=False,
        num_fixed_crops=13),
    dict(type='mvd_mm.TwoResolutionResize', scale=224, teacher_scale=196),
    dict(type='mvd_mm.FormatViews', keys=('imgs', 'imgs_image_teacher')),
    dict(type='mvd_mm.TubeMasking', grid_size=(8, 14, 14), mask_ratio=0.9),
    dict(
        type='PackActionInputs',
        collect_keys=('imgs', 'imgs_image_teacher', 'mask'))
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
