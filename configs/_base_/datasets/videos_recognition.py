# A folder of the user's own videos, whose sub-folders name the classes, shrunk
# to a short side of 128 pixels: 16 frames, every second one, at 112 x 112
# pixels. No flip: in the user's classes left and right may differ.
# tools/data/build_annotations.py writes the lists.
_base_ = 'motion_shapes_recognition.py'

data_root = 'data/videos'

train_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit'),
    dict(_base_.train_sampling, clip_len=16),
    dict(type='DecordDecode'),
    dict(
        type='MultiScaleCrop',
        input_size=112,
        scales=(1, 0.875, 0.75, 0.66),
        max_wh_scale_gap=1,
        random_crop=False,
        num_fixed_crops=13),
    dict(type='Resize', scale=(112, 112), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
views = [
    dict(type='DecordDecode'),
    dict(type='Resize', scale=(-1, 112)),
    dict(type='CenterCrop', crop_size=112),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit'),
    dict(_base_.val_sampling, clip_len=16), *views
]
test_pipeline = [
    dict(type='mvd_mm.InMemoryDecordInit'),
    dict(_base_.test_sampling, clip_len=16), *views
]
listed = dict(
    ann_file=f'{data_root}/train.txt',
    data_prefix=dict(video=data_root),
    delimiter='\t')
held_out = dict(listed, ann_file=f'{data_root}/val.txt')
train_dataloader = dict(
    # a crop of larger frames takes longer: a worker is worth its core
    num_workers=1,
    persistent_workers=True,
    # a folder may hold few videos: an epoch reads each several times
    dataset=dict(
        _delete_=True,
        type='RepeatDataset',
        times=1,
        dataset=dict(
            type='mvd_mm.CheckedVideoDataset',
            pipeline=train_pipeline,
            **listed)))
val_dataloader = dict(
    batch_size=16, dataset=dict(pipeline=val_pipeline, **held_out))
test_dataloader = dict(
    batch_size=8, dataset=dict(pipeline=test_pipeline, **held_out))
