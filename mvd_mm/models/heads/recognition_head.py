"""The classifier of fine-tuning."""
from typing import Optional, Sequence

from mmaction.models.heads import TimeSformerHead
from mmengine.model.weight_init import trunc_normal_init
from torch import Tensor, nn

from mvd_mm.registry import MODELS
from mvd_mm.utils.ranges import check_counts

__all__ = ['RecognitionHead']


@MODELS.register_module()
class RecognitionHead(TimeSformerHead):
    """Dropout and a linear layer that starts near zero; scores in float32.

    It differs from MMAction2's ``TimeSformerHead`` in three ways. The
    initial weights are scaled. Scores are returned in float32 under autocast,
    because MMAction2 cannot compute its training accuracy in bfloat16. For
    linear probes it can average tokens and apply batch normalisation without
    affine parameters, as MAE's linear probe does.

    Source: the fine-tuning of `MVD <https://github.com/ruiwang2021/mvd>`_,
    unless ``num_slices`` or ``batch_norm`` is set; scores compared.

    Args:
        num_classes (int): Number of classes K.
        in_channels (int): Width D of the features of one slice.
        dropout_ratio (float): Dropout on the features.
        init_std (float): Standard deviation of the truncated normal that the
            weight is drawn from.
        init_scale (float): Factor on the drawn weight; the bias is 0.
        num_slices (int): Number of slices in time, T'. The mean of each
            slice is taken, and the means are concatenated. 1 is the published
            mean of all tokens. The number of time steps of the token grid
            lets the classifier see the order of events, which helps with few
            labels or few updates.
        batch_norm (bool): Standardise the features by batch statistics,
            without weight and bias.
        label_smooth_eps (float): Label smoothing, for recipes without Mixup
            and CutMix, which smooth the labels themselves.
        average_clips (str, optional): What is averaged over the views:
            'prob', their softmax; 'score', their scores; None, nothing.
        loss_cls (dict): Loss module, on labels or on soft targets.
        multi_class (bool): Several labels per clip.
        topk (Sequence[int]): Training accuracies in the log.

    Raises:
        ValueError: If ``average_clips``, ``dropout_ratio``,
            ``label_smooth_eps`` or ``num_slices`` is out of range, or the
            number of tokens is not a multiple of ``num_slices``.
    """

    def __init__(
            self,
            num_classes: int,
            in_channels: int,
            dropout_ratio: float = 0.,
            init_std: float = 0.02,
            init_scale: float = 0.001,
            num_slices: int = 1,
            batch_norm: bool = False,
            label_smooth_eps: float = 0.,
            average_clips: Optional[str] = 'prob',
            loss_cls: dict = dict(type='mmaction.CrossEntropyLoss'),
            multi_class: bool = False,
            topk: Sequence[int] = (1, 5),
    ) -> None:
        check_counts(
            num_classes=num_classes,
            in_channels=in_channels,
            num_slices=num_slices,
            topk=topk)
        averages = ('prob', 'score', None)
        if average_clips not in averages:
            raise ValueError(f'`average_clips` must be one of {averages}, got '
                             f'{average_clips!r}')
        shares = dict(
            dropout_ratio=dropout_ratio, label_smooth_eps=label_smooth_eps)
        for name, value in shares.items():
            if not 0 <= value < 1:
                raise ValueError(f'`{name}` must be in [0, 1), got {value}')
        super().__init__(
            num_classes,
            num_slices * in_channels,
            loss_cls=loss_cls,
            init_std=init_std,
            dropout_ratio=dropout_ratio,
            label_smooth_eps=label_smooth_eps,
            average_clips=average_clips,
            multi_class=multi_class,
            topk=tuple(topk))
        self.init_scale = init_scale
        self.num_slices = num_slices
        self.norm: nn.Module = nn.Identity()
        if batch_norm:
            self.norm = nn.BatchNorm1d(
                self.in_channels, eps=1e-6, affine=False)

    def init_weights(self) -> None:
        """Draw the weight, scale it, zero the bias."""
        trunc_normal_init(self.fc_cls, std=self.init_std)
        self.fc_cls.weight.data.mul_(self.init_scale)

    def forward(self, x: Tensor, **kwargs) -> Tensor:
        """Classify.

        Args:
            x (Tensor): Features, shape (B, D), or tokens, shape (B, L, D),
                which are averaged, slice by slice.
            **kwargs: What MMAction2's recognisers pass on; not needed.

        Returns:
            Tensor: Scores, shape (B, K), float32 under autocast as well.
        """
        if x.ndim == 3:
            if x.shape[1] % self.num_slices:
                raise ValueError(
                    f'`num_slices` is {self.num_slices}, but a clip has '
                    f'{x.shape[1]} tokens, which is not a multiple of it: '
                    'set it to the time steps of the token grid, or to 1')
            # (B, L, D) -> (B, T', L / T', D) -> (B, T' * D)
            x = x.unflatten(1, (self.num_slices, -1)).mean(2).flatten(1)
        return super().forward(self.norm(x)).float()
