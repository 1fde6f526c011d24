"""VideoMAE ViT-H, 1600 epochs on Kinetics-400: a video teacher of one's own.

VideoMAE's own recipe, 64 GPUs x 16 clips. No result: a teacher is used, not
scored. Name the checkpoint as `model.branches.video.teacher.checkpoint`.
On each of 8 nodes of 8 GPUs:

    bash tools/dist_train.sh THIS_FILE 8

with NNODES=8, NODE_RANK and MASTER_ADDR set; fewer GPUs: see the README.
"""
_base_ = ('../../videomae/pretrain/videomae_vit-huge-p16_tube90_'
          '64xb16-16x4x1-1600e_kinetics400-rgb.py')
