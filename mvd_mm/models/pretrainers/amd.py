"""Asymmetric Masked Distillation."""
# Shapes: B clips, T frames, L tokens in a clip, V visible to the student, N
# further ones visible to the teacher alone, M hidden from the student, D width
# of the student, F width of the teacher.
from typing import Dict, List, Optional, Sequence, Tuple

from mmengine.model import ModuleList
from torch import Tensor, nn

from mvd_mm.registry import MODELS
from ..layers import block_outputs, check_layers
from ._masks import mask_of, teacher_mask_of
from ._pretrainer import Pretrainer

__all__ = ['AMD']

_L2 = dict(type='mvd_mm.RegressionLoss', criterion='l2')


@MODELS.register_module()
class AMD(Pretrainer):
    """Learn from pixels and from a frozen VideoMAE that sees more.

    The student is a VideoMAE with its pixel decoder. The teacher sees the
    student's tokens and some that are hidden from it. At each pair of aligned
    layers one linear layer takes the student's features to the teacher's
    width, and two losses use them: *direct* alignment at the tokens that both
    see, *generation* alignment at those that the teacher alone sees, where a
    generator makes features of them.

    Source: `Asymmetric Masked Distillation for Pre-Training Small Foundation
    Models <https://arxiv.org/abs/2311.03149>`_.

    Args:
        backbone (dict): The student, which encodes visible tokens only.
        teacher (dict): ``mvd_mm.MaskedVideoMAETeacher``, with the ``layers``
            that are targets.
        generator (dict): ``mvd_mm.FeatureGenerator``; there is one for each
            layer.
        decoder (dict): Predicts pixels at the hidden tokens.
        head (dict): Compares them with the pixels.
        student_layers (Sequence[int]): Numbers of the student's blocks, from
            1, one for each of the teacher's layers. Their outputs are aligned
            as they are, without the closing norm.
        direct_loss (dict): Distance and weight of direct alignment.
        generation_loss (dict): Of generation alignment.
        pixel_weight (float): Weight of the loss of pixels.
        data_preprocessor (dict, optional): Normalises clips on the device.
        init_cfg (dict, optional): Initialisation.

    Raises:
        ValueError: If grids, widths or numbers of layers do not agree.
        TypeError: If the teacher is of a class that cannot be one.
    """

    def __init__(self,
                 backbone: dict,
                 teacher: dict,
                 generator: dict,
                 decoder: dict,
                 head: dict,
                 student_layers: Sequence[int] = (6, 12),
                 direct_loss: dict = _L2,
                 generation_loss: dict = _L2,
                 pixel_weight: float = 1.,
                 data_preprocessor: Optional[dict] = None,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(data_preprocessor, init_cfg)
        self.backbone = MODELS.build(backbone)
        self.teacher = MODELS.build(teacher)
        self._check_teacher()
        self.student_layers = check_layers('student_layers', student_layers,
                                           len(self.backbone.blocks))
        number = len(self.teacher.layers)
        if len(self.student_layers) != number:
            raise ValueError(
                f'`student_layers` {self.student_layers} and `teacher.layers` '
                f'{self.teacher.layers} are aligned one by one: name as many '
                'of the one as of the other')
        # the same projections serve both alignments
        self.projections = ModuleList([
            nn.Linear(
                self.backbone.embed_dims,
                self.teacher.out_channels,
                bias=False) for _ in range(number)
        ])
        self.generators = ModuleList(
            [MODELS.build(generator) for _ in range(number)])
        self.decoder = MODELS.build(decoder)
        self.head = MODELS.build(head)
        self.direct_loss = MODELS.build(direct_loss)
        self.generation_loss = MODELS.build(generation_loss)
        self.pixel_weight = pixel_weight
        self._check_parts()

    def init_weights(self) -> None:
        """Initialise; load the teacher."""
        super().init_weights()
        for projection in self.projections:
            nn.init.xavier_uniform_(projection.weight)

    def loss(self, inputs: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """Compute the loss of pixels and both alignments.

        Args:
            inputs (dict): ``imgs`` (B, 3, T, H, W); ``mask`` and
                ``teacher_mask`` (B, L) bool with True for hidden.

        Returns:
            dict: ``loss_pixels``, ``loss_direct`` and ``loss_generation``,
            scalars; an alignment is the mean over its layers.
        """
        clip, mask = inputs['imgs'], mask_of(inputs)
        wanted = mask & ~teacher_mask_of(inputs)  # the teacher's alone
        layers, visible = self._encode(clip, mask)
        targets = self.teacher.layer_features(clip, mask, wanted)
        direct, generation = [], []
        for feats, target, project, generate in zip(layers, targets,
                                                    self.projections,
                                                    self.generators):
            aligned = project(feats)  # (B, V, F)
            generated = generate(aligned, mask, wanted)  # (B, N, F)
            seen, unseen = _cut(target, aligned)
            direct.append(self.direct_loss(aligned, seen))
            generation.append(self.generation_loss(generated, unseen))
        pred = self.decoder(visible, mask)  # (B, M, pixels of a token)
        return dict(
            loss_pixels=self.pixel_weight * self.head.loss(pred, clip, mask),
            loss_direct=sum(direct) / len(direct),
            loss_generation=sum(generation) / len(generation))

    def predict(self, inputs: Dict[str,
                                   Tensor]) -> Dict[str, Dict[str, Tensor]]:
        """Predictions and targets, for analysis.

        Args:
            inputs (dict): As :meth:`loss` takes it.

        Returns:
            dict: ``{'pixels': {'pred', 'target'}, 'direct_<n>': ...,
            'generation_<n>': ...}``, n the student's layer; tensors of shape
            (B, M, pixels of a token), (B, V, F) and (B, N, F).
        """
        clip, mask = inputs['imgs'], mask_of(inputs)
        wanted = mask & ~teacher_mask_of(inputs)
        layers, visible = self._encode(clip, mask)
        targets = self.teacher.layer_features(clip, mask, wanted)
        results = dict(
            pixels=dict(
                pred=self.decoder(visible, mask),
                target=self.head.target(clip, mask)))
        for number, feats, target, project, generate in zip(
                self.student_layers, layers, targets, self.projections,
                self.generators):
            aligned = project(feats)
            seen, unseen = _cut(target, aligned)
            results[f'direct_{number}'] = dict(pred=aligned, target=seen)
            results[f'generation_{number}'] = dict(
                pred=generate(aligned, mask, wanted), target=unseen)
        return results

    def encode(self, inputs: Dict[str, Tensor]) -> Tensor:
        """Encoded visible tokens, shape (B, V, D).

        Args:
            inputs (dict): As :meth:`loss` takes it.
        """
        return self.backbone(inputs['imgs'], mask_of(inputs))

    def _encode(self, clip: Tensor,
                mask: Tensor) -> Tuple[List[Tensor], Tensor]:
        """Outputs of the aligned blocks, and what the decoder takes.

        Returns:
            tuple: For each layer (B, V, D), before any closing norm; the last
            block's output after it, (B, V, D).
        """
        blocks = self.backbone.blocks
        outputs = block_outputs(blocks, self.backbone.embed(clip, mask),
                                range(1,
                                      len(blocks) + 1))
        layers = [outputs[number - 1] for number in self.student_layers]
        return layers, self.backbone.norm(outputs[-1])

    def _check_teacher(self) -> None:
        if not hasattr(self.teacher, 'layer_features'):
            raise TypeError(
                f'`teacher` is a {type(self.teacher).__name__}, which cannot '
                'give the features of its layers on a part of the clip: use '
                "`dict(type='mvd_mm.MaskedVideoMAETeacher', vit=..., "
                "layers=(12, 24), checkpoint='FILE')`")

    def _check_parts(self) -> None:
        grid = tuple(self.backbone.grid_size)
        for name, part in (('teacher', self.teacher),
                           ('generator', self.generators[0]), ('decoder',
                                                               self.decoder)):
            if tuple(part.grid_size) != grid:
                raise ValueError(
                    f'`{name}` has the token grid {tuple(part.grid_size)}, '
                    f'the student {grid} (time, height, width): they must be '
                    'equal')
        for name, width, own in (('generator.embed_dims',
                                  self.generators[0].embed_dims,
                                  self.teacher.out_channels),
                                 ('decoder.in_channels',
                                  self.decoder.in_channels,
                                  self.backbone.embed_dims)):
            if width != own:
                raise ValueError(f'`{name}` is {width}, but its input is '
                                 f'{own} wide: set it to {own}')


def _cut(target: Tensor, aligned: Tensor) -> Tuple[Tensor, Tensor]:
    """Targets (B, V + N, F) at the student's tokens, at the wanted ones."""
    number = aligned.shape[1]
    return target[:, :number], target[:, number:]
