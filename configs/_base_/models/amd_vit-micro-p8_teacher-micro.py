# The smallest AMD, for demonstrations: student and teacher are ViTs of 4
# blocks, 128 wide, on 8 frames of 48 pixels; blocks 2 and 4 are aligned. 3-D
# positions, as in stage 1 of this size.
_base_ = 'videomae_vit-micro-p8.py'

model = dict(
    type='mvd_mm.AMD',
    student_layers=(2, 4),
    teacher=dict(
        type='mvd_mm.MaskedVideoMAETeacher',
        vit=dict(
            img_size=48,
            patch_size=8,
            embed_dims=128,
            depth=4,
            num_heads=2,
            num_frames=8,
            pos_embed_type='sincos_3d'),
        layers=(2, 4),
        checkpoint=None),
    generator=dict(
        type='mvd_mm.FeatureGenerator',
        grid_size=(4, 6, 6),
        embed_dims=128,
        depth=2,
        num_heads=2,
        pos_embed_type='sincos_3d'))
