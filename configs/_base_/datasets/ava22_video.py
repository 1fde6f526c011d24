# AVA v2.2 straight from its videos, of any frame rate, the same clips as
# `ava22.py`, which lists MMAction2's variants: a leaf that names this file in
# its stead needs no extracted frames. The videos are those cut at 15:00; for
# whole films set `video_start=0` in both data sets.
data_root = 'data/ava/videos_15min'
anno_root = 'data/ava/annotations'
label_file = f'{anno_root}/ava_action_list_v2.2_for_activitynet_2019.pbtxt'
ann_file_val = f'{anno_root}/ava_val_v2.2.csv'
exclude_file_val = f'{anno_root}/ava_val_excluded_timestamps_v2.2.csv'

train_pipeline = [
    dict(type='mvd_mm.SampleAVAClip', clip_len=16, frame_interval=4, fps=25),
    dict(type='DecordInit'),
    dict(type='mvd_mm.AVAVideoFrames'),
    dict(type='DecordDecode'),
    dict(type='Resize', scale=(-1, 256)),
    dict(type='mvd_mm.BoxAwareRandomCrop', size=224, min_visible=None),
    dict(type='Flip', flip_ratio=0.5),
    dict(type='mvd_mm.ClipHSVJitter', hue=20, saturation=0.1, value=0.1),
    dict(
        type='mvd_mm.JitterBoxes',
        x_range=(-0.2, 0.1),
        y_range=(-0.1, 0.05),
        max_boxes=100),
    dict(type='FormatShape', input_format='NCTHW', collapse=True),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='mvd_mm.SampleAVAClip', clip_len=16, frame_interval=4, fps=25),
    dict(type='DecordInit'),
    dict(type='mvd_mm.AVAVideoFrames'),
    dict(type='DecordDecode'),
    dict(type='Resize', scale=(-1, 256)),
    dict(type='FormatShape', input_format='NCTHW', collapse=True),
    dict(
        type='PackActionInputs',
        # 'scores' of the persons: the head multiplies by them
        meta_keys=('img_shape', 'img_key', 'video_id', 'timestamp', 'scores'))
]

train_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='mvd_mm.AVAClipDataset',
        ann_file=f'{anno_root}/ava_train_v2.2.csv',
        exclude_file=f'{anno_root}/ava_train_excluded_timestamps_v2.2.csv',
        label_file=label_file,
        data_prefix=dict(img=data_root),
        use_frames=False,
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=1,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.AVAClipDataset',
        ann_file=ann_file_val,
        exclude_file=exclude_file_val,
        label_file=label_file,
        # boxes of the published detector
        proposal_file=f'{anno_root}/ava_val_det_person_bbox.json',
        person_det_score_thr=0.8,
        every_key_frame=True,
        data_prefix=dict(img=data_root),
        use_frames=False,
        pipeline=val_pipeline,
        test_mode=True))
test_dataloader = val_dataloader

val_evaluator = dict(
    type='mvd_mm.PublishedAVAMetric',
    ann_file=ann_file_val,
    label_file=label_file,
    exclude_file=exclude_file_val)
test_evaluator = val_evaluator
