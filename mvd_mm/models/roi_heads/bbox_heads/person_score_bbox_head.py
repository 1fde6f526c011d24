"""Linear head of AVA detection as published."""
from typing import List, Optional, Tuple, Union

import torch
import torch.nn.functional as F
from mmaction.models.roi_heads import BBoxHeadAVA
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mvd_mm.registry import MODELS

__all__ = ['PersonScoreBBoxHead']


@MODELS.register_module()
class PersonScoreBBoxHead(BBoxHeadAVA):
    """``BBoxHeadAVA`` with the published scores, loss and initial weights.

    - There is one output per action: ``num_classes - 1``. MMAction2 has one
      more, which stands for no action and is never trained. A column of minus
      infinity takes its place, so that data sets and metrics need no change.
    - score = sigmoid(action) x person score. The person score is read from
      the sample's meta information, under 'scores'.
    - The loss is binary cross entropy: the mean over the actions, summed over
      the boxes of the process, as published. A step weighs as much as it has
      boxes. MMAction2 takes the mean over the boxes, too:
      ``loss_reduction='mean'``.
    - Weights are drawn from a truncated normal of deviation 0.02, times
      ``init_scale``.

    Args:
        in_channels (int): Width D of the features.
        num_classes (int): Actions + 1, as MMAction2 counts (AVA: 81).
        temporal_pool_type (str): 'avg' or 'max'.
        spatial_pool_type (str): 'max' or 'avg', over the bins of a box.
        dropout_ratio (float): Dropout before the pooling.
        loss_weight (float): Factor of the loss.
        loss_reduction (str): 'sum' or 'mean', over the boxes.
        init_scale (float): Factor of the initial weights.
        batch_norm (bool): Standardise the pooled features by batch
            statistics, without weight and bias.
        use_person_score (bool): If False, the score is the action's alone.
        topk (int or tuple[int]): For the precision and recall in the log.

    Raises:
        ValueError: If there is no action, ``topk`` exceeds their number, or
            ``loss_reduction`` is neither of the two.

    Source: VideoMAE's detection protocol.
    """

    def __init__(self,
                 in_channels: int,
                 num_classes: int = 81,
                 temporal_pool_type: str = 'avg',
                 spatial_pool_type: str = 'max',
                 dropout_ratio: float = 0.,
                 loss_weight: float = 1.,
                 init_scale: float = 0.001,
                 batch_norm: bool = False,
                 use_person_score: bool = True,
                 topk: Union[int, Tuple[int, ...]] = (3, 5),
                 loss_reduction: str = 'sum') -> None:
        topk = (topk, ) if isinstance(topk, int) else tuple(topk)
        if num_classes < 2 or any(k >= num_classes for k in topk):
            raise ValueError(
                '`num_classes` must exceed 1 and every `topk`, got '
                f'{num_classes} and {topk}: it is the number of actions + 1')
        if loss_reduction not in ('sum', 'mean'):
            raise ValueError("`loss_reduction` must be 'sum' or 'mean', got "
                             f'{loss_reduction!r}')
        super().__init__(
            background_class=True,
            temporal_pool_type=temporal_pool_type,
            spatial_pool_type=spatial_pool_type,
            in_channels=in_channels,
            num_classes=num_classes,
            dropout_ratio=dropout_ratio,
            topk=topk)
        self.fc_cls = nn.Linear(in_channels, num_classes - 1)
        self.norm: nn.Module = nn.Identity()
        if batch_norm:
            self.norm = nn.BatchNorm1d(in_channels, eps=1e-6, affine=False)
        self.loss_weight = loss_weight
        self.loss_reduction = loss_reduction
        self.init_scale = init_scale
        self.use_person_score = use_person_score

    def init_weights(self) -> None:
        """Start near zero: every action has probability one half."""
        nn.init.trunc_normal_(self.fc_cls.weight, std=0.02)
        self.fc_cls.weight.data.mul_(self.init_scale)
        nn.init.zeros_(self.fc_cls.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Score actions.

        Args:
            x (Tensor): RoI features, shape (N, D, T', P, P).

        Returns:
            Tensor: Logits, shape (N, num_classes).
        """
        if len(x) == 0:  # adaptive pooling refuses an empty batch
            logits = self.fc_cls(x.sum((2, 3, 4)))  # (0, D)
        else:
            if self.dropout_ratio > 0:
                x = self.dropout(x)
            x = self.spatial_pool(self.temporal_pool(x)).flatten(1)  # (N, D)
            logits = self.fc_cls(self.norm(x))
        return F.pad(logits.float(), (1, 0), value=-torch.inf)

    def loss_and_target(self, cls_score: Tensor, rois: Tensor,
                        sampling_results: List, rcnn_train_cfg: dict) -> dict:
        """Loss over boxes that have an action; 0 if there are none.

        Args:
            cls_score (Tensor): Shape (N, num_classes).
            rois (Tensor): Shape (N, 5).
            sampling_results (list[SamplingResult]): One per clip.
            rcnn_train_cfg (dict): ``train_cfg.rcnn`` of the detector.

        Returns:
            dict: ``loss_bbox``, a dict of losses and rates, and
            ``bbox_targets``.
        """
        # the parent takes the mean over the boxes that have an action
        num_boxes = sum(
            int((r.pos_gt_labels[:, 1:].sum(-1) > 0).sum())
            for r in sampling_results)
        if num_boxes == 0:
            # keeps the head in the graph: distributed training waits for it
            loss = dict(loss_action_cls=cls_score[:, 1:].sum() * 0.)
            return dict(loss_bbox=loss, bbox_targets=None)
        found = super().loss_and_target(cls_score, rois, sampling_results,
                                        rcnn_train_cfg)
        factor = num_boxes if self.loss_reduction == 'sum' else 1
        found['loss_bbox']['loss_action_cls'] *= self.loss_weight * factor
        return found

    def _predict_by_feat_single(self,
                                roi: Tensor,
                                cls_score: Tensor,
                                img_meta: dict,
                                rcnn_test_cfg: Optional[dict] = None,
                                **kwargs) -> InstanceData:
        """Scores (N, num_classes); boxes (N, 4) as fractions of the frame."""
        results = super()._predict_by_feat_single(roi, cls_score, img_meta,
                                                  rcnn_test_cfg, **kwargs)
        if not self.use_person_score:
            return results
        if 'scores' not in img_meta:
            raise KeyError(
                "'scores' of the persons are not in the sample: add it to "
                '`meta_keys` of PackActionInputs and give proposals with '
                'scores, or set `use_person_score=False`')
        person = torch.as_tensor(
            img_meta['scores'],
            dtype=results.scores.dtype,
            device=results.scores.device)
        if len(person) != len(results.scores):
            raise ValueError(f"'scores' holds {len(person)} person scores for "
                             f'{len(results.scores)} boxes')
        results.scores = results.scores * person[:, None]
        return results
