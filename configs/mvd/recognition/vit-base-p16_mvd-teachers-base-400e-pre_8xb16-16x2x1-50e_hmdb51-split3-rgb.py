"""Split 3 of HMDB51: the leaf of split 1 with other lists.

    bash tools/dist_train.sh THIS_FILE 8
    bash tools/dist_test.sh THIS_FILE WORK_DIR/epoch_50.pth 8
"""
_base_ = ('vit-base-p16_mvd-teachers-base-400e-pre_'
          '8xb16-16x2x1-50e_hmdb51-rgb.py')

train_list = 'data/hmdb51/hmdb51_train_split_3_videos.txt'
val_list = 'data/hmdb51/hmdb51_val_split_3_videos.txt'

train_dataloader = dict(dataset=dict(ann_file=train_list))
val_dataloader = dict(dataset=dict(ann_file=val_list))
test_dataloader = dict(dataset=dict(ann_file=val_list))
