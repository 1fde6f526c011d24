"""Proposals made from the ground truth keep its labels."""
import pytest
import torch
from mmdet.models.task_modules import PseudoSampler
from mmengine.structures import InstanceData

from mvd_mm.models.task_modules import RowAssigner


def case(count):
    boxes = torch.tensor([[0., 0, 10, 10], [0, 0, 11, 10], [5, 5, 9, 9]])
    labels = torch.eye(3, 6)
    # the first two changed places: overlap would exchange their labels
    priors = boxes[[1, 0, 2]][:count]
    return (InstanceData(priors=priors),
            InstanceData(bboxes=boxes, labels=labels))


def test_row_i_takes_the_labels_of_box_i():
    priors, truth = case(3)
    result = PseudoSampler().sample(RowAssigner().assign(priors, truth),
                                    priors, truth)
    assert (result.pos_gt_labels == truth.labels).all()
    assert (result.priors == priors.priors).all()
    assert len(result.neg_priors) == 0


def test_another_number_of_proposals_is_refused():
    with pytest.raises(ValueError, match='2 proposals for 3 boxes'):
        RowAssigner().assign(*case(2))
