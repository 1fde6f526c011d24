"""Position tables of a file are asked whether they go with a model."""
import pytest
import torch

from mvd_mm.positions import (build_position_table, check_missing_table,
                              check_same_table, choose_table, table_fault)


def table(kind='sincos_3d'):
    return build_position_table(kind, 48, (2, 4, 4))


def test_a_missing_table_is_asked_of_the_model():
    assert check_missing_table('sincos_3d', 'sincos_3d', 'x') == []
    note, = check_missing_table('sincos_3d', None, 'x')
    assert 'taken for one of sincos_3d' in note
    with pytest.raises(
            ValueError,
            match=r"\(a file\).*go with sinusoid_1d.*set it to 'sinusoid_1d'"):
        check_missing_table('sincos_3d', 'sinusoid_1d', 'a file')


def test_two_fixed_tables_are_compared_by_value():
    check_same_table('a', table(), table())
    check_same_table('a', torch.randn(1, 32, 48), table())
    check_same_table('a', table('sinusoid_1d'), table().to('meta'))
    with pytest.raises(ValueError, match="'a'.*sinusoid_1d.*sincos_3d"):
        check_same_table('a', table('sinusoid_1d'), table())


def test_faults_of_a_table():
    assert table_fault('a', table(), 'sincos_3d') is None
    assert table_fault('a', torch.randn(1, 32, 48), 'sincos_3d') is None
    assert table_fault('a', table('sinusoid_1d'), None) is None
    assert table_fault('a', table('sinusoid_1d'),
                       'sincos_3d') == ('a: file sinusoid_1d, model sincos_3d')
    assert 'NaN' in table_fault('a', table() * torch.nan, None)


def test_what_a_file_holds_comes_before_its_kind_and_that_before_a_word():
    assert choose_table('sinusoid_1d', 'sincos_3d', None, 'x') == 'sinusoid_1d'
    assert choose_table(None, 'sincos_3d', None, 'x') == 'sincos_3d'
    assert choose_table(None, None, 'sincos_2d', 'x') == 'sincos_2d'
    assert choose_table(None, None, None, 'x') is None
    for found, fixed, stated, message in (
        ('sinusoid_1d', None, 'sincos_3d', 'holds a sinusoid_1d table'),
        (None, 'sinusoid_1d', 'sincos_3d', 'x goes with sinusoid_1d'),
        (None, None, 'learned', "`pos_embed` must be.*'learned'"),
    ):
        with pytest.raises(ValueError, match=message):
            choose_table(found, fixed, stated, 'x')
