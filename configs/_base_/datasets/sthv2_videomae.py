# VideoMAE sees the clips that our MVD on this data sees: 16 frames, every 2nd.
_base_ = ['sthv2_mvd.py']
