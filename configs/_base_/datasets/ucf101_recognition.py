# UCF101, fine-tuned and tested on the views of Kinetics-400: 16 frames, stride
# 4; 5 clips x 3 crops. Split 1 of three; for another, name its lists in all
# three loaders: `{train,val,test}_dataloader.dataset.ann_file`.
_base_ = 'kinetics400_recognition.py'

data_root = 'data/ucf101'
ann_file_val = f'{data_root}/ucf101_val_split_1_videos.txt'
data_prefix = dict(video=f'{data_root}/videos')

train_dataloader = dict(
    dataset=dict(
        ann_file=f'{data_root}/ucf101_train_split_1_videos.txt',
        data_prefix=data_prefix))
val_dataloader = dict(
    dataset=dict(ann_file=ann_file_val, data_prefix=data_prefix))
test_dataloader = dict(
    dataset=dict(ann_file=ann_file_val, data_prefix=data_prefix))
