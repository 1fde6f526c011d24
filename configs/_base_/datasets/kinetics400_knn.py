# Kinetics-400 for the kNN probe: the training list is a bank of features, the
# validation list is scored against it. One view of both: the centre crop of
# the clip in the middle.
data_root = 'data/kinetics400'

test_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='mvd_mm.StridedSampleFrames',
        clip_len=16,
        frame_interval=4,
        num_clips=1,
        test_mode=True),
    dict(type='DecordDecode'),
    dict(type='mvd_mm.FlooredResize', short_side=224),
    dict(type='mvd_mm.ThreeCropViews', crop_size=224, num_crops=1),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
test_dataloader = dict(
    num_workers=8,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='mvd_mm.CheckedVideoDataset',
        ann_file=f'{data_root}/kinetics400_val_list_videos.txt',
        data_prefix=dict(video=f'{data_root}/videos_val'),
        pipeline=test_pipeline,
        test_mode=True))
test_evaluator = dict(type='mvd_mm.TopKAccMetric')
test_cfg = dict(
    type='mvd_mm.KNNTestLoop',
    bank_dataloader=dict(
        num_workers=8,
        # each clip votes once, however many processes there are
        sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
        dataset=dict(  # not in test mode: a damaged video is replaced
            type='mvd_mm.CheckedVideoDataset',
            ann_file=f'{data_root}/kinetics400_train_list_videos.txt',
            data_prefix=dict(video=f'{data_root}/videos_train'),
            pipeline=test_pipeline)))
