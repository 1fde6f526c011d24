"""Masked Video Distillation."""
# Shapes: B clips, T frames, L tokens in a clip, V visible, M hidden, D width.
import inspect
from difflib import get_close_matches
from typing import Dict, Optional

from mmengine.model import ModuleDict
from torch import Tensor, nn

from mvd_mm.registry import MODELS
from ..layers import TokenSplit, take_tokens
from ._masks import masks_per_clip, some_hidden, split_of
from ._pretrainer import Pretrainer

__all__ = ['MVD']

_PARTS = ('teacher', 'decoder', 'head')


@MODELS.register_module()
class MVD(Pretrainer):
    """Predict the features of frozen teachers at the hidden tokens.

    Source: `Masked Video Distillation
    <https://arxiv.org/abs/2212.04500>`_, section 3.

    Two options that are not of the paper make a step cheaper: a masking
    transform with ``num_masks=K`` gives each clip K masks, which share one
    pass of the teachers, and ``decode_share`` predicts a part of the hidden
    tokens only.

    Args:
        backbone (dict): The student, which encodes visible tokens only.
        branches (dict[str, dict]): One entry per teacher, each with
            ``teacher``, ``decoder`` and ``head``. Its loss is called
            ``loss_<name>``. Delete an entry for the ablation without that
            teacher.
        decode_share (float): Share of the hidden tokens that are predicted,
            in (0, 1]; which ones is drawn anew for each mask of a step.
        data_preprocessor (dict, optional): Normalises clips on the device.
        init_cfg (dict, optional): Initialisation.

    Raises:
        ValueError: If grids or widths of student, teachers and decoders do not
            agree, or ``decode_share`` is outside (0, 1], or below 1 with a
            head that compares visible tokens.
        KeyError: If a branch lacks a part or has an unknown one.
        TypeError: If student or teacher are of a class that cannot be one.
    """

    def __init__(self,
                 backbone: dict,
                 branches: Dict[str, dict],
                 decode_share: float = 1.,
                 data_preprocessor: Optional[dict] = None,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(data_preprocessor, init_cfg)
        if not branches:
            raise ValueError('`branches` is empty: give at least one teacher, '
                             "e.g. branches=dict(video=dict(teacher=..., "
                             'decoder=..., head=...))')
        for name, branch in branches.items():
            _check_parts(name, branch)
        self.backbone = MODELS.build(backbone)
        _check_student(self.backbone)
        self.branches = ModuleDict({
            name:
            ModuleDict({part: MODELS.build(branch[part])
                        for part in _PARTS})
            for name, branch in branches.items()
        })
        for name, branch in self.branches.items():
            self._check_branch(name, branch)
        self._check_share(decode_share)
        self.decode_share = decode_share

    def loss(self, inputs: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """Compute one loss per teacher.

        Args:
            inputs (dict): ``imgs`` (B, 3, T, H, W), ``mask`` (B, L) bool with
                True for hidden, and further views of the teachers. With K
                masks a clip, one after the other, ``mask`` is (B * K, L), and
                so are all outputs.

        Returns:
            dict: ``{'loss_<name>': scalar}``.
        """
        tokens = split_of(inputs)
        predicted = some_hidden(tokens, self.decode_share)
        # before the student, which keeps all it computes for the backward
        # pass: what a teacher computes on its way is gone by then
        feats = {}
        for name, branch in self.branches.items():
            teacher, everywhere = branch['teacher'], _is_dense(branch['head'])
            feats[name] = _features(teacher, inputs[teacher.view], predicted,
                                    everywhere)
        visible = self._encode(inputs, tokens)  # (B, V, D)
        losses = {}
        for name, branch in self.branches.items():
            decoder, head = branch['decoder'], branch['head']
            pred = decoder(visible, predicted)  # (B, M, F)
            losses[f'loss_{name}'] = head.loss(
                pred, feats.pop(name), predicted if _is_dense(head) else None)
        return losses

    def predict(self, inputs: Dict[str,
                                   Tensor]) -> Dict[str, Dict[str, Tensor]]:
        """Predictions and targets per teacher, for analysis.

        Args:
            inputs (dict): As :meth:`loss` takes it.

        Returns:
            dict: ``{name: {'pred': (B, M, F), 'target': (B, M, F),
            'feats': (B, L, F)}}``. The target is normalised if the head does
            that; the features are as the teacher gives them.
        """
        tokens = split_of(inputs)
        visible = self._encode(inputs, tokens)  # (B, V, D)
        results = {}
        for name, branch in self.branches.items():
            teacher, decoder, head = (branch[part] for part in _PARTS)
            # (B, L, F)
            feats = _features(teacher, inputs[teacher.view], tokens, True)
            pred = decoder(visible, tokens)  # (B, M, F)
            if getattr(decoder, 'predict_visible', False):
                pred = take_tokens(pred, tokens.hidden)
            results[name] = dict(
                pred=pred, target=head.target(feats, tokens), feats=feats)
        return results

    def encode(self, inputs: Dict[str, Tensor]) -> Tensor:
        """Encoded visible tokens of each mask, shape (B, V, D).

        Args:
            inputs (dict): As :meth:`loss` takes it.
        """
        return self._encode(inputs, split_of(inputs))

    def _encode(self, inputs: Dict[str, Tensor], tokens: TokenSplit) -> Tensor:
        """Visible tokens of each mask, shape (B, V, D)."""
        clips = inputs['imgs']
        number = masks_per_clip(clips, tokens)
        if number > 1:
            clips = clips.repeat_interleave(number, 0)
        return self.backbone(clips, tokens)

    def _check_share(self, share: float) -> None:
        if not 0 < share <= 1:
            raise ValueError('`decode_share` must be in (0, 1], got '
                             f'{share}: 1 predicts all hidden tokens')
        for name, branch in self.branches.items():
            if share < 1 and _is_dense(branch['head']):
                raise ValueError(
                    f'`decode_share` is {share}, but `branches.{name}.head` '
                    'compares visible tokens too (`visible_weight`), for '
                    'which all tokens are decoded: set `decode_share=1`')

    def _check_branch(self, name: str, branch: ModuleDict) -> None:
        student, teacher = self.backbone, branch['teacher']
        decoder = branch['decoder']
        _check_teacher(name, teacher)
        for what, grid in ((f'branches.{name}.teacher', teacher.grid_size),
                           (f'branches.{name}.decoder', decoder.grid_size)):
            if tuple(grid) != tuple(student.grid_size):
                raise ValueError(
                    f'`{what}` has the token grid {tuple(grid)}, the student '
                    f'{tuple(student.grid_size)} (time, height, width): they '
                    'must be equal. Change `img_size` of one of them so that '
                    '`img_size` / `patch_size` agree, e.g. 196 for a teacher '
                    'with patches of 14 and a student with 224 / 16, or '
                    '`grid_size` where there is one')
        if decoder.in_channels != student.embed_dims:
            raise ValueError(
                f'`branches.{name}.decoder.in_channels` is '
                f'{decoder.in_channels}, but the student is '
                f'{student.embed_dims} wide: set it to {student.embed_dims}')
        if decoder.out_channels != teacher.out_channels:
            raise ValueError(
                f'`branches.{name}.decoder.out_channels` is '
                f'{decoder.out_channels}, but the teacher gives features of '
                f'width {teacher.out_channels}: set it to '
                f'{teacher.out_channels}')
        _check_visible(name, branch)


def _features(teacher: nn.Module, view: Tensor, tokens: TokenSplit,
              everywhere: bool) -> Tensor:
    """Features of a teacher at the hidden tokens of each mask, or at all.

    Returns:
        Tensor: Shape (B, M, F), or (B, L, F) with ``everywhere``; B masks.
    """
    number = masks_per_clip(view, tokens)
    if number == 1:
        return teacher(view, None if everywhere else tokens.hidden)
    feats = teacher(view)  # once for all masks of a clip
    if everywhere:
        return feats.repeat_interleave(number, 0)
    hidden = tokens.hidden  # (clips * masks, M)
    of_clip = hidden.reshape(len(feats), -1)
    return take_tokens(feats, of_clip).reshape(*hidden.shape, -1)


def _is_dense(head: nn.Module) -> bool:
    """Whether a head compares visible positions as well: (B, L, F)."""
    return bool(getattr(head, 'visible_weight', 0))


def _check_student(student: nn.Module) -> None:
    """Name the class to use in place of one that takes no mask."""
    if 'mask' not in inspect.signature(student.forward).parameters:
        raise TypeError(
            f'`backbone` is a {_full_name(student)}, which cannot encode the '
            "visible tokens alone: use `type='mvd_mm.MVDVisionTransformer'` "
            'with `use_mean_pooling=False`. It takes the arguments of '
            'mmaction.VisionTransformer; for the same positions add '
            "`pos_embed_type='sinusoid_1d'`")


def _check_teacher(name: str, teacher: nn.Module) -> None:
    """Name the class to use in place of one that is not a teacher."""
    lacking = [
        key for key in ('grid_size', 'out_channels', 'view')
        if not hasattr(teacher, key)
    ]
    if lacking:
        raise TypeError(
            f'`branches.{name}.teacher` is a {_full_name(teacher)}, which is '
            f'not a teacher: it has no {lacking}. For VideoMAE use '
            "`dict(type='mvd_mm.VideoMAETeacher', vit=dict(embed_dims=..., "
            "depth=..., num_heads=...), checkpoint='FILE')`, where FILE may "
            'hold weights of mmaction.VisionTransformer; for MAE use '
            'mvd_mm.MAEImageTeacher')


def _check_visible(name: str, branch: ModuleDict) -> None:
    """Decoder and head must agree on where they predict and compare."""
    decoder, head = branch['decoder'], branch['head']
    predicted = getattr(decoder, 'predict_visible', False)
    compared = bool(getattr(head, 'visible_weight', 0))
    if predicted != compared:
        raise ValueError(
            f'`branches.{name}.decoder.predict_visible` is {predicted}, but '
            f'`branches.{name}.head.visible_weight` is '
            f'{getattr(head, "visible_weight", 0)}: set both for a loss at '
            'the visible positions as well, or neither')


def _full_name(module: nn.Module) -> str:
    kind = type(module)
    return f'{kind.__module__.split(".")[0]}.{kind.__name__}'


def _check_parts(name: str, branch: dict) -> None:
    for key in branch:
        if key not in _PARTS and key != '_scope_':
            close = get_close_matches(key, _PARTS, 1)
            hint = f'; did you mean {close[0]!r}?' if close else ''
            raise KeyError(f'`branches.{name}` has an unknown part {key!r}, '
                           f'expected {list(_PARTS)}{hint}')
    lacking = [part for part in _PARTS if part not in branch]
    if lacking:
        raise KeyError(f'`branches.{name}` lacks {lacking}, expected '
                       f'{list(_PARTS)}')
