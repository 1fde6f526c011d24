"""Split 3 of UCF101: the leaf of split 1 with other lists.

    bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_100.pth 8
"""
_base_ = ('vit-base-p16_mvd-teachers-large-400e-pre_'
          '8xb16-16x4x1-100e_ucf101-rgb.py')

train_list = 'data/ucf101/ucf101_train_split_3_videos.txt'
val_list = 'data/ucf101/ucf101_val_split_3_videos.txt'

train_dataloader = dict(dataset=dict(ann_file=train_list))
val_dataloader = dict(dataset=dict(ann_file=val_list))
test_dataloader = dict(dataset=dict(ann_file=val_list))
