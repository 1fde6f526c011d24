from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import pytest

from mvd_mm.apis.config_checks.types import fits, is_plain, name_of


@pytest.mark.parametrize('value, hint',
                         [(1, int), (1, float), (None, Optional[int]),
                          ([1, 2], Tuple[int, int]),
                          ((1., 2), Sequence[float]), ('x', str),
                          (dict(a=1), Dict[str, int]),
                          (3, Union[int, List[int]]), (object(), Any),
                          (dict(type='X'), Exception),
                          ((1, 2, 3), Tuple[int, ...]), (True, bool)])
def test_a_value_of_the_right_type_fits(value, hint):
    assert fits(value, hint)


@pytest.mark.parametrize('value, hint', [(True, int), ('1', int), (1.5, int),
                                         ([1], int), (None, int), (1, bool),
                                         ([1, 2, 3], Tuple[int, int]),
                                         ('ab', Tuple[str, str]),
                                         (3, List[int]),
                                         (['a'], Sequence[float]),
                                         (1, Dict[str, int]),
                                         ('x', Optional[float])])
def test_a_value_of_another_type_does_not(value, hint):
    assert not fits(value, hint)


def test_only_numbers_strings_and_none_are_plain():
    assert is_plain(Optional[int]) and not is_plain(List[int])


def test_types_are_named_as_they_are_written():
    assert name_of(int) == 'int'
    assert name_of(Optional[Tuple[int, int]]) == 'Optional[Tuple[int, int]]'
