# Runtime of detection: the checkpoint of the best mAP by the evaluator's own
# rules is kept (the published ones with mvd_mm.PublishedAVAMetric), and a
# missing mmdet or mmcv.ops is named when the config is read.
_base_ = ['./default_runtime.py']

custom_imports = dict(
    imports=['mvd_mm', 'mvd_mm.models.roi_heads'], allow_failed_imports=False)

default_hooks = dict(
    checkpoint=dict(interval=1, save_best='mAP/overall', rule='greater'))
