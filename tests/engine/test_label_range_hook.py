"""A list with labels beyond the classes is refused before the first step."""
from types import SimpleNamespace

import pytest

from mvd_mm.engine import LabelRangeHook


def loader(max_label, name):
    part = SimpleNamespace(max_label=max_label, ann_file=name)
    return SimpleNamespace(dataset=SimpleNamespace(datasets=[part]))


def runner(train=2, val=2, test=2, classes=3):
    head = SimpleNamespace(num_classes=classes)
    model = SimpleNamespace() if classes is None else SimpleNamespace(
        cls_head=head)
    return SimpleNamespace(
        model=model,
        val_loop=None if val is None else object(),
        train_dataloader=loader(train, 'train.txt'),
        val_dataloader=loader(val, 'val.txt'),
        test_dataloader=loader(test, 'test.txt'))


@pytest.mark.parametrize('hook, split', [('before_train', 'train'),
                                         ('before_train', 'val'),
                                         ('before_val', 'val'),
                                         ('before_test', 'test')])
def test_each_list_is_checked_and_named(hook, split):
    check = getattr(LabelRangeHook(), hook)
    check(runner())
    with pytest.raises(ValueError) as info:
        check(runner(**{split: 3}))
    message = str(info.value)
    assert f"'{split}.txt' has the label 3" in message
    assert 'num_classes=3` allows 0 to 2' in message


def test_what_uses_no_labels_is_not_checked():
    LabelRangeHook().before_train(runner(train=9, classes=None))
    LabelRangeHook().before_train(runner(val=None))
