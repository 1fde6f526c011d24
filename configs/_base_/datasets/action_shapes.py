# The rendered set of demo/action_shapes, straight from its videos: 8 of
# 30 frames, every second one, about key frames at seconds 1 and 2. Ten
# actions, eight of them motions. No flip: it turns one class into another, as
# left into right. Training: crops of 48 of the 96 x 64 pixels, the size that
# the network was pre-trained on. Testing: whole frames.
data_root = 'data/action_shapes'
anno_root = f'{data_root}/annotations'
label_file = f'{anno_root}/action_list.pbtxt'
ann_file_val = f'{anno_root}/val.csv'
exclude_file_val = f'{anno_root}/val_excluded_timestamps.csv'
# seconds from the beginning of the file, 10 frames each
clock = dict(fps=10, timestamp_start=0, timestamp_end=3)

train_pipeline = [
    dict(type='SampleAVAFrames', clip_len=8, frame_interval=2),
    dict(type='mvd_mm.InMemoryDecordInit'),
    dict(type='mvd_mm.AVAVideoFrames'),
    dict(type='DecordDecode'),
    dict(type='mvd_mm.BoxAwareRandomCrop', size=48, min_visible=0.6),
    dict(type='mvd_mm.JitterBoxes', x_range=(-0.2, 0.1), y_range=(-0.2, 0.1)),
    dict(type='FormatShape', input_format='NCTHW', collapse=True),
    dict(type='PackActionInputs')
]
val_pipeline = [
    dict(type='SampleAVAFrames', clip_len=8, frame_interval=2, test_mode=True),
    dict(type='DecordInit'),
    dict(type='mvd_mm.AVAVideoFrames'),
    dict(type='DecordDecode'),
    dict(type='FormatShape', input_format='NCTHW', collapse=True),
    dict(
        type='PackActionInputs',
        # 'scores' of the persons: the head multiplies by them
        meta_keys=('img_shape', 'img_key', 'video_id', 'timestamp', 'scores'))
]

train_dataloader = dict(
    batch_size=16,
    # frames come from memory: a worker would only take a core from training
    num_workers=0,
    persistent_workers=False,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='mvd_mm.AVAClipDataset',
        ann_file=f'{anno_root}/train.csv',
        exclude_file=f'{anno_root}/train_excluded_timestamps.csv',
        label_file=label_file,
        data_prefix=dict(img=f'{data_root}/videos'),
        use_frames=False,
        num_classes=11,
        pipeline=train_pipeline,
        **clock))
val_dataloader = dict(
    batch_size=1,  # the detector tests one clip at a time
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.AVAClipDataset',
        ann_file=ann_file_val,
        exclude_file=exclude_file_val,
        label_file=label_file,
        proposal_file=f'{anno_root}/val_proposals.pkl',
        data_prefix=dict(img=f'{data_root}/videos'),
        use_frames=False,
        num_classes=11,
        pipeline=val_pipeline,
        test_mode=True,
        **clock))
test_dataloader = val_dataloader

val_evaluator = dict(
    type='mvd_mm.OwnClassesAVAMetric',
    ann_file=ann_file_val,
    label_file=label_file,
    exclude_file=exclude_file_val,
    num_classes=11)
test_evaluator = val_evaluator
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
