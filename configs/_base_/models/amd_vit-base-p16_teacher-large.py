# AMD, student ViT-B, teacher VideoMAE's ViT-L. Student and pixel decoder are
# those of VideoMAE. Blocks 6 and 12 of the student are aligned with 12 and 24
# of the teacher: a linear layer 768 -> 1024 without bias and a generator each.
# The other sizes inherit from this file.
#
# Two choices that a leaf may make: `model.generator.learn_mask_token=False`
# keeps the generators' mask tokens the random vectors they began as, as the
# published code does because they are no parameters there;
# `model.{direct,generation}_loss.criterion`: 'l1' or 'smooth_l1'.
_base_ = ['videomae_vit-base-p16.py']

model = dict(
    type='mvd_mm.AMD',
    student_layers=(6, 12),
    teacher=dict(
        type='mvd_mm.MaskedVideoMAETeacher',
        vit=dict(embed_dims=1024, depth=24, num_heads=16),
        layers=(12, 24),
        checkpoint='checkpoints/videomae_k400_vit-large_1600e.pth'),
    generator=dict(
        type='mvd_mm.FeatureGenerator',
        grid_size=(8, 14, 14),
        embed_dims=1024,
        depth=2,
        num_heads=16,
        learn_mask_token=True),
    # mean squared errors, of weight 1 each, as the pixels'
    direct_loss=dict(
        type='mvd_mm.RegressionLoss', criterion='l2', loss_weight=1.),
    generation_loss=dict(
        type='mvd_mm.RegressionLoss', criterion='l2', loss_weight=1.),
    pixel_weight=1.)
