"""Assignment of proposals that were made from the ground truth."""
from typing import Optional

import torch
from mmdet.models.task_modules import AssignResult, BaseAssigner
from mmengine.structures import InstanceData

from mvd_mm.registry import TASK_UTILS

__all__ = ['RowAssigner']


@TASK_UTILS.register_module()
class RowAssigner(BaseAssigner):
    """Proposal i takes the labels of box i, however far it was moved.

    It is meant for the boxes of ``JitterBoxes``. Assignment by overlap would
    drop a jittered box below the threshold, or give it to a neighbour.
    """

    def assign(
            self,
            pred_instances: InstanceData,
            gt_instances: InstanceData,
            gt_instances_ignore: Optional[InstanceData] = None
    ) -> AssignResult:
        """Assign.

        Args:
            pred_instances (InstanceData): ``priors``, shape (N, 4).
            gt_instances (InstanceData): ``bboxes`` (N, 4), ``labels`` (N,
                classes).
            gt_instances_ignore (InstanceData, optional): Not used.

        Returns:
            AssignResult: Every proposal is positive.

        Raises:
            ValueError: If there are not as many proposals as boxes.
        """
        priors, labels = pred_instances.priors, gt_instances.labels
        if len(priors) != len(labels):
            raise ValueError(
                f'{len(priors)} proposals for {len(labels)} boxes: '
                'RowAssigner needs the proposals of mvd_mm.JitterBoxes, put '
                'after any crop; for detected proposals use '
                'MaxIoUAssignerAVA')
        rows = torch.arange(1, len(priors) + 1, device=priors.device)
        return AssignResult(
            num_gts=len(labels),
            gt_inds=rows,
            max_overlaps=priors.new_ones(len(priors)),
            labels=labels)
