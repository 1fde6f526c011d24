# As kinetics400_recognition.py, tested on the views of MMAction2's benchmark:
# its own sampling, rounded resize and crops, 5 clips x 3 crops. Name it in
# place of that file in a leaf's `_base_`.
_base_ = ['kinetics400_recognition.py']

test_pipeline = [
    dict(type='DecordInit'),
    dict(
        type='SampleFrames',
        clip_len=16,
        frame_interval=4,
        num_clips=5,
        test_mode=True),
    dict(type='DecordDecode'),
    dict(type='Resize', scale=(-1, 224)),
    dict(type='ThreeCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs')
]
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
