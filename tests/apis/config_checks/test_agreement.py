import pytest
from mmengine.config import Config

from mvd_mm.apis.config_checks.agreement import check_agreement


def config(head=10, blending=10, listed=10, topk=(1, 5)):
    return Config(
        dict(
            default_scope='mmaction',
            model=dict(
                type='Recognizer3D',
                cls_head=dict(
                    type='mvd_mm.RecognitionHead',
                    num_classes=head,
                    in_channels=4),
                data_preprocessor=dict(
                    type='ActionDataPreprocessor',
                    blending=dict(type='MixupBlending',
                                  num_classes=blending))),
            val_dataloader=dict(
                dataset=dict(
                    type='VideoDataset',
                    ann_file='x',
                    pipeline=[dict(type='DecordInit')],
                    num_classes=listed)),
            val_evaluator=dict(
                type='AccMetric',
                metric_options=dict(top_k_accuracy=dict(topk=topk)))))


def test_one_number_of_classes_is_accepted():
    check_agreement(config())


@pytest.mark.parametrize('change, place', [
    (dict(blending=9), 'model.data_preprocessor.blending.num_classes=9'),
    (dict(listed=7), 'val_dataloader.dataset.num_classes=7'),
    (dict(head=5, blending=5, listed=5, topk=(1, 10)), r'topk=\[1, 10\]'),
])
def test_two_numbers_of_classes_are_both_named(change, place):
    with pytest.raises(ValueError, match=place) as error:
        check_agreement(config(**change))
    assert '`model.cls_head.num_classes' in str(error.value)
