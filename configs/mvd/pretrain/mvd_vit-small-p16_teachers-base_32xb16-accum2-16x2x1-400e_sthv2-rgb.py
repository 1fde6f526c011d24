"""MVD ViT-S distilled from ViT-B teachers, 400 epochs on SSv2.

Our analogue of the Kinetics-400 recipe: no result of a student pre-trained
on Something-Something V2 is in our table of published ones. The teachers
are the same, of ImageNet and Kinetics-400. On each of 4 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=4, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = [
    '../../_base_/models/mvd_vit-small-p16_teachers-base.py',
    '../../_base_/datasets/sthv2_mvd.py',
    '../../_base_/schedules/adamw_pretrain_32xb16-accum2-400e.py',
    '../../_base_/default_runtime.py',
]

train_dataloader = dict(batch_size=16)
