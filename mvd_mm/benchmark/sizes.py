"""Other clips for the models of a config."""
from typing import Optional

__all__ = ['resize_model']


def resize_model(model: dict, frames: Optional[int],
                 size: Optional[int]) -> None:
    """Change the clips that the networks of a config are built for.

    Args:
        model (dict): Config of MVD, a recogniser or a detector; changed.
        frames (int, optional): Frames of a clip.
        size (int, optional): Height and width in pixels. A teacher with
            patches of its own keeps the grid: 196 at patches of 14 for 224
            at 16.
    """
    student = model['backbone']
    patch = student.get('patch_size', 16)
    tubelet = student.get('tubelet_size', 2)
    if frames is not None:
        student['num_frames'] = frames
    if size is not None:
        student['img_size'] = size
    frames = student.get('num_frames', 16)
    side = student.get('img_size', 224) // patch
    for branch in model.get('branches', {}).values():
        teacher = branch['teacher']
        vit = teacher['vit']
        vit['img_size'] = side * vit.get('patch_size', 16)
        if teacher['type'].endswith('MAEImageTeacher'):
            teacher['num_frames'] = frames
        else:
            vit['num_frames'] = frames
        branch['decoder']['grid_size'] = (frames // tubelet, side, side)
