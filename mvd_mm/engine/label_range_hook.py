"""The labels of all lists lie within the classes that a network tells."""
from typing import Any, Iterator, Optional

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper

from mvd_mm.registry import HOOKS

__all__ = ['LabelRangeHook']


@HOOKS.register_module()
class LabelRangeHook(Hook):
    """Compare labels with the number of classes before the first iteration.

    A validation list whose labels count from 1 would otherwise give a wrong
    accuracy without a word. Networks without ``cls_head``, as in
    pre-training, use no labels.

    Raises:
        ValueError: If a list holds a label from ``num_classes`` on; names the
            list, the label and the number of classes.
    """

    def before_train(self, runner) -> None:
        """Check the lists of training and of validation."""
        self._check(runner, runner.train_dataloader)
        if runner.val_loop is not None:
            self._check(runner, runner.val_dataloader)

    def before_val(self, runner) -> None:
        """Check the list of validation."""
        self._check(runner, runner.val_dataloader)

    def before_test(self, runner) -> None:
        """Check the list of testing."""
        self._check(runner, runner.test_dataloader)

    @staticmethod
    def _check(runner: Any, loader: Any) -> None:
        classes = _num_classes(runner.model)
        if classes is None:
            return
        for dataset in _lists(loader.dataset):
            if dataset.max_label >= classes:
                raise ValueError(
                    f'`ann_file` {str(dataset.ann_file)!r} has the label '
                    f'{dataset.max_label}, but `model.cls_head.num_classes='
                    f'{classes}` allows 0 to {classes - 1}. Labels count from '
                    '0; correct the list or `num_classes` (where there is '
                    'blending, also `model.data_preprocessor.blending.'
                    'num_classes`)')


def _num_classes(model: Any) -> Optional[int]:
    if is_model_wrapper(model):
        model = model.module
    return getattr(getattr(model, 'cls_head', None), 'num_classes', None)


def _lists(dataset: Any) -> Iterator[Any]:
    """The data sets that know their largest label, also wrapped ones."""
    if hasattr(dataset, 'max_label'):
        yield dataset
    elif hasattr(dataset, 'dataset'):
        yield from _lists(dataset.dataset)
    else:
        for part in getattr(dataset, 'datasets', ()):
            yield from _lists(part)
