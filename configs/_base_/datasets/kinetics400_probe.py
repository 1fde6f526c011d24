# Kinetics-400 for probes: one random resized crop and a flip of one clip,
# without RandAugment, erasing and repeats. Tests as in fine-tuning.
_base_ = 'kinetics400_recognition.py'

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='mvd_mm.StridedSampleFrames', clip_len=16, frame_interval=4),
    dict(type='DecordDecode'), {{_base_.resized_crop}},
    dict(type='Flip', flip_ratio=0.5),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
train_dataloader = dict(
    collate_fn=dict(_delete_=True, type='pseudo_collate'),
    dataset=dict(
        _delete_=True,
        type='mvd_mm.CheckedVideoDataset',
        ann_file='data/kinetics400/kinetics400_train_list_videos.txt',
        data_prefix=dict(video='data/kinetics400/videos_train'),
        pipeline=train_pipeline))
