"""kNN probe of a frozen MVD ViT-B (teachers ViT-B) on Kinetics-400.

Nothing is trained: the 20 nearest training clips by cosine vote with weight
exp(s / 0.07), as in DINO's. Feature: mean of the tokens after the closing
norm, one centre crop of the middle clip.

    bash tools/dist_test.sh THIS_FILE CHECKPOINT 8

The publication gives neither numbers nor settings: these are ours. CHECKPOINT
is that of the pre-training, published or of a run.
"""
_base_ = [
    '../../_base_/models/vit-base-p16_probe.py',
    '../../_base_/datasets/kinetics400_knn.py',
    '../../_base_/default_runtime.py',
]

model = dict(
    # nothing trains; several processes need a parameter that could
    type='Recognizer3D',
    backbone=dict(return_feat_map=True, init_cfg=None),
    cls_head=dict(_delete_=True, type='FeatureHead', average_clips='score'))
test_dataloader = dict(batch_size=32)
test_cfg = dict(
    num_classes=400,
    neighbours=20,
    temperature=0.07,
    bank_dataloader=dict(batch_size=32))
