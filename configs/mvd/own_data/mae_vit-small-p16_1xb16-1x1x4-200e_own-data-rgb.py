"""MAE on frames of your own videos: an image teacher for MVD.

The variables at the top of its base files are options of the command line:

    python tools/train.py THIS_FILE --cfg-options size=160 network=base

docs/own_data.md goes through every step.
"""
_base_ = '../../_base_/own_data/mae.py'
