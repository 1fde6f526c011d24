# The demonstrations' network for detection: a ViT of 4 blocks, 128 wide, on 8
# frames; the backbone of mvd_vit-micro-p8_teachers-micro.py. Frames may have
# any size: positions are resized. Ten actions. As in its recognition sibling,
# the 4 time slices are kept apart and standardised: there is no time to
# unlearn a mean over time, which hides the order of a clip.
_base_ = 'vit-base-p16_ava.py'

model = dict(
    backbone=dict(
        img_size=48,  # of pre-training
        patch_size=8,
        embed_dims=128,
        depth=4,
        num_heads=2,
        drop_path_rate=0.,
        num_frames=8),
    roi_head=dict(
        bbox_roi_extractor=dict(featmap_stride=8, keep_slices=True),
        bbox_head=dict(
            in_channels=4 * 128,
            num_classes=11,
            topk=3,
            spatial_pool_type='avg',
            batch_norm=True,
            loss_reduction='mean')),
    data_preprocessor=dict(
        pad_size_divisor=8,
        # of its pre-training
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375]))
