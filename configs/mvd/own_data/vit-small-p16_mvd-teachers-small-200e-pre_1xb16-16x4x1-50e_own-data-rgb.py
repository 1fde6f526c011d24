"""Fine-tuning and testing on classes of your own.

The variables at the top of its base files are options of the command line:

    python tools/train.py THIS_FILE --cfg-options num_classes=5 network=base

docs/own_data.md goes through every step.
"""
_base_ = '../../_base_/own_data/recognition.py'
