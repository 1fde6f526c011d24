# VideoMAE sees the clips that MVD sees: same sampling, crop and masks.
_base_ = ['kinetics400_mvd.py']
