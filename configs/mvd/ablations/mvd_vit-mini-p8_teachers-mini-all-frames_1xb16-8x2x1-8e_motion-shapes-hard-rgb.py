"""The harder demonstration's student, its image teacher seeing every frame.

The published recipes show it one frame of each tubelet.

    python -m demo.ablations --only all-frames
"""
_base_ = [
    '../mini/mvd_vit-mini-p8_teachers-mini_'
    '1xb16-8x2x1-8e_motion-shapes-hard-rgb.py'
]

# the features of a tubelet's two frames stand side by side
model = dict(
    branches=dict(
        image=dict(
            teacher=dict(all_frames=True), decoder=dict(out_channels=2 *
                                                        192))))
