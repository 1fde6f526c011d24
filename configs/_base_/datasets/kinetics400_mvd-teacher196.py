# As kinetics400_mvd.py, with the first frame of each tubelet at 196 pixels
# beside the clip: an image teacher with patches of 14 then sees 14 x 14
# patches, as the student does.
_base_ = ['kinetics400_mvd.py']

train_pipeline = [
    dict(type='DecordInit'), {{_base_.sampling}},
    dict(type='DecordDecode'), {{_base_.multi_scale_crop}},
    dict(type='mvd_mm.TwoResolutionResize', scale=224, teacher_scale=196),
    dict(type='mvd_mm.FormatViews', keys=('imgs', 'imgs_image_teacher')),
    {{_base_.masking}},
    dict(
        type='PackActionInputs',
        collect_keys=('imgs', 'imgs_image_teacher', 'mask'))
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
