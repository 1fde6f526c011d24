"""Docstrings of public names are complete, and the checker sees faults."""
import inspect
from typing import Dict, NamedTuple, Optional

import pytest
from torch import Tensor, nn

from tests.tools.docstring_tables import OWN, PLAIN, PUBLISHED, UNITS
from tests.tools.docstrings import faults, faults_of, public, raised_by, read


def test_no_public_docstring_lacks_anything():
    found = faults()
    assert not found, '\n'.join(found)


def test_rooms_and_registries_are_looked_at():
    names = public()
    assert len(names) > 200
    assert {
        'mvd_mm.MVD', 'mvd_mm.apis.extract_features', 'mvd_mm.TubeMasking',
        'mvd_mm.positions.sincos_3d', 'mvd_mm.models.FrozenTeacher'
    } <= set(names)


def test_tables_hold_nothing_that_is_not_there():
    names = {path.rpartition('.')[2] for path in public()}
    published = set().union(*PUBLISHED.values())
    assert published | OWN <= names
    assert not published & OWN
    units = set().union(*UNITS.values())
    assert sum(map(len, UNITS.values())) == len(units)
    assert not units & PLAIN
    used = set()
    for value in public().values():
        members = vars(value).values() if inspect.isclass(value) else ()
        for each in (value, *members):
            each = inspect.unwrap(getattr(each, '__func__', each))
            if callable(each):
                try:
                    used |= set(inspect.signature(each).parameters)
                except (TypeError, ValueError):  # written in C
                    pass
    assert (units | PLAIN) <= used


def good(x: Tensor, depth: int, patch_size: int = 16) -> Tensor:
    """Do something.

    Source: `a paper <https://a.org>`_.

    Args:
        x (Tensor): Shape (B, L, D).
        depth (int): Number of
            blocks.
        patch_size (int): Side in pixels.

    Returns:
        Tensor: Shape (B, D).

    Raises:
        TypeError: If there is nothing.
        ValueError: If there are none.
    """
    if not depth:
        raise ValueError
    return _helper(x)


def _helper(x):
    if x is None:
        raise TypeError('x')
    try:
        raise KeyError('caught')
    except KeyError:
        return x


class Good(nn.Module):
    """A class.

    Args:
        weights (dict): Weights by name.
        **kwargs: The rest.
    """

    def __init__(self, weights: Dict[str, Tensor], **kwargs) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """Do something.

        Args:
            x (Tensor): Shape (B, D).

        Returns:
            Tensor: A scalar.
        """
        return x

    def train(self, mode=True):
        """Do what the parent does."""
        return super().train(mode)


class Pair(NamedTuple):
    """Two.

    Args:
        depth (int): Number of blocks.
        seed (int, optional): Of the draws.
    """

    depth: int
    seed: Optional[int] = None


@pytest.mark.parametrize('value', [good, Good, Pair])
def test_a_complete_docstring_has_no_fault(value):
    assert list(faults_of(value)) == []


def test_sections_are_read():
    doc = read(inspect.getdoc(good))
    assert doc.summary == 'Do something.'
    assert doc.args['depth'] == ('int', 'Number of blocks.')
    assert doc.source and doc.raises == {'TypeError', 'ValueError'}
    assert raised_by(good) == {'TypeError', 'ValueError'}


@pytest.mark.parametrize('old, new, fault', [
    ('Do something.', 'Do something', 'no summary that ends'),
    ('Shape (B, L, D).', 'The tokens.', '`x` has no shape'),
    ('Shape (B, D).', 'The result.', 'no shape of what it returns'),
    ('Side in pixels.', 'Side.', '`patch_size` has no unit (pixel'),
    ('depth (int): Number of\n            blocks.', 'depth: Number.',
     '`depth` has no type'),
    ('depth (int)', 'deep (int)', '`depth` is not described'),
    ('depth (int)', 'deep (int)', '`deep` is described, but'),
    ('ValueError: If', 'KeyError: If', 'raises ValueError'),
    ('TypeError: If', 'KeyError: If', 'raises TypeError'),
])
def test_a_planted_fault_is_named(monkeypatch, old, new, fault):
    assert old in good.__doc__
    monkeypatch.setattr(good, '__doc__', good.__doc__.replace(old, new))
    assert any(found.startswith(fault) for found in faults_of(good))


def test_a_missing_source_and_an_unknown_number_are_named(monkeypatch):
    monkeypatch.setitem(PUBLISHED, 'a paper', {'good'})
    assert list(faults_of(good)) == []
    text = good.__doc__.replace('Source:', 'From')
    monkeypatch.setattr(good, '__doc__', text)
    assert list(faults_of(good)) == ['no source, but it is a paper']
    PLAIN.discard('depth')
    try:
        assert any('neither table' in fault for fault in faults_of(Pair))
    finally:
        PLAIN.add('depth')


def test_a_planted_fault_of_a_class_is_named(monkeypatch):
    doc = Good.forward.__doc__
    monkeypatch.setattr(Good.forward, '__doc__', doc.replace('Shape', 'Of'))
    monkeypatch.setattr(Good, '__doc__', 'A class.\n')
    assert list(faults_of(Good)) == [
        '`weights` is not described', '`kwargs` is not described'
    ]
    monkeypatch.setattr(Good.forward, '__doc__', 'Do something.')
    assert 'forward(): `x` is not described' in list(faults_of(Good))
