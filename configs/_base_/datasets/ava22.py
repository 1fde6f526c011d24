# AVA v2.2 from extracted frames, in MMAction2's layout: 30 frames per second
# from 15:00 on, `img_00001.jpg` first. `ava22_video.py` reads the videos
# themselves, which is nearer to the published clips of 25 frames a second:
# here, they are the nearest of 30. Training: key frames of the train list
# alone, their boxes jittered. Testing: whole frames, the published detector's
# persons, every key frame.
#
# As published; MMAction2's variants are one step or key each, in a leaf:
# - frames at the source's rate, moved at random in training:
#   dict(type='SampleAVAFrames', clip_len=16, frame_interval=4)
# - without persons that the crop hides: BoxAwareRandomCrop, min_visible=0.
# - its persons: proposal_file=f'{anno_root}/ava_dense_proposals_val.FAIR.'
#   'recall_93.9.pkl', of annotated key frames alone: every_key_frame=False
# - its metric alone (its figures are printed in any case):
#   val_evaluator = test_evaluator = dict(type='AVAMetric')
# - its loss: model.roi_head.bbox_head.loss_reduction='mean'
data_root = 'data/ava/rawframes'
anno_root = 'data/ava/annotations'
label_file = f'{anno_root}/ava_action_list_v2.2_for_activitynet_2019.pbtxt'
ann_file_val = f'{anno_root}/ava_val_v2.2.csv'
exclude_file_val = f'{anno_root}/ava_val_excluded_timestamps_v2.2.csv'

train_pipeline = [
    dict(type='mvd_mm.SampleAVAClip', clip_len=16, frame_interval=4, fps=25),
    dict(type='RawFrameDecode'),
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
    dict(type='RawFrameDecode'),
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
        pipeline=val_pipeline,
        test_mode=True))
test_dataloader = val_dataloader

val_evaluator = dict(
    type='mvd_mm.PublishedAVAMetric',
    ann_file=ann_file_val,
    label_file=label_file,
    exclude_file=exclude_file_val)
test_evaluator = val_evaluator
