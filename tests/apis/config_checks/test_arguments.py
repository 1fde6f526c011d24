from mmengine.hooks import CheckpointHook, EMAHook, LoggerHook

from mvd_mm.apis.config_checks.arguments import accepted_arguments


class Parent:

    def __init__(self, a, b=1):
        pass


class Child(Parent):

    def __init__(self, c, **kwargs):
        super().__init__(**kwargs)


class Reader(Parent):

    def __init__(self, **kwargs):
        self.d = kwargs.pop('d', None)
        super().__init__(**kwargs)


class Keeper(Parent):

    def __init__(self, **kwargs):
        self.kwargs = kwargs
        super().__init__(1)


class Ignorer(Parent):

    def __init__(self, e=1, **kwargs):
        super().__init__(e)


class Silent(Child):
    pass


def names(module):
    accepted = accepted_arguments(module)
    return set(accepted.parameters), accepted.others


def test_what_a_class_passes_on_are_arguments_of_its_parent():
    assert names(Child) == names(Silent) == ({'a', 'b', 'c'}, False)


def test_what_a_class_reads_by_name_is_an_argument():
    assert names(Reader) == ({'a', 'b', 'd'}, False)


def test_what_a_class_never_looks_at_is_none():
    assert names(Ignorer) == ({'e'}, False)


def test_only_a_class_that_keeps_the_rest_takes_anything():
    assert names(Keeper)[1]


def test_what_is_read_at_the_first_checkpoint_is_known_before():
    found, others = names(CheckpointHook)
    assert 'interval' in found and 'intervals' not in found and not others
    assert 'momentum' in names(EMAHook)[0] and not names(EMAHook)[1]
    assert not names(LoggerHook)[1]


def test_a_function_has_arguments_too():
    assert names(lambda x, *, y=1: x) == ({'x', 'y'}, False)
