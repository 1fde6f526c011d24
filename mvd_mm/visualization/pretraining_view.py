"""What a student sees and predicts, beside its teachers, as rows to draw."""
# Shapes: B clips, T frames, L tokens, M hidden tokens, F width of features.
from typing import Any, Dict, List, NamedTuple

import torch
from torch import Tensor

from .feature_picture import FeatureColours, Rows, clip_rows

__all__ = ['ClipView', 'look', 'teacher_colours', 'view_rows']


class ClipView(NamedTuple):
    """A clip with its mask, features and predictions, on the CPU.

    Args:
        clip (Tensor): Frames in 0..1, shape (3, T, H, W).
        mask (Tensor): bool, shape (L, ), True means hidden.
        branches (dict): For each teacher ``feats`` (L, F) and, if there are
            predictions, ``pred`` (M, F).
    """

    clip: Tensor
    mask: Tensor
    branches: Dict[str, Dict[str, Tensor]]

    @property
    def hidden(self) -> float:
        """Percent of the tokens."""
        return 100 * float(self.mask.float().mean())


@torch.no_grad()
def look(model: Any, inputs: Dict[str, Tensor],
         predicted: bool) -> List[ClipView]:
    """Compute features and predictions of clips.

    Args:
        model (MVD): In eval mode.
        inputs (dict): As its data preprocessor gives them, on its device.
        predicted (bool): Whether the student predicts as well.

    Returns:
        list[ClipView]: One of each of the B clips.
    """
    prep = model.data_preprocessor
    clips = ((inputs['imgs'] * prep.std + prep.mean) / 255).clamp(0, 1).cpu()
    branches: Dict[str, Dict[str, Tensor]] = {}
    results = model.predict(inputs) if predicted else {}
    for name, branch in model.branches.items():
        teacher = branch['teacher']
        feats = (
            results[name]['feats']
            if predicted else teacher(inputs[teacher.view]))
        everywhere = torch.ones(
            feats.shape[:2], dtype=torch.bool, device=feats.device)
        # the student predicts targets as its head normalises them
        branches[name] = dict(feats=branch['head'].target(feats, everywhere))
        if predicted:
            branches[name]['pred'] = results[name]['pred']
    return [
        ClipView(
            clips[i], inputs['mask'][i].cpu(), {
                name: {
                    key: value[i].cpu()
                    for key, value in parts.items()
                }
                for name, parts in branches.items()
            }) for i in range(len(clips))
    ]


def teacher_colours(views: List[ClipView]) -> Dict[str, FeatureColours]:
    """One basis for each teacher's features in all clips."""
    return {
        name:
        FeatureColours(
            torch.stack([view.branches[name]['feats'] for view in views]))
        for name in views[0].branches
    }


def view_rows(view: ClipView, grid: tuple,
              colours: Dict[str, FeatureColours]) -> Dict[str, Any]:
    """Rows and columns of a clip, as :func:`.save_rows` takes them.

    Args:
        view (ClipView): What is drawn.
        grid (tuple[int, int, int]): Token grid (T', H', W').
        colours (dict): See :func:`teacher_colours`.

    Returns:
        dict: ``rows``, ``columns`` and ``legend``.
    """
    rows: Rows = clip_rows(view.clip, view.mask, grid, view.branches, colours)
    frames, slices = view.clip.shape[1], grid[0]
    columns = [f'frame {1 + i * frames // slices}' for i in range(slices)]
    return dict(rows=rows, columns=columns, legend=True)
