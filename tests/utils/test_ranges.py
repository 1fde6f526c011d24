import pytest

from mvd_mm.utils.ranges import check_colours, check_counts, check_shares


@pytest.mark.parametrize('value', [0, -1, 1.5, '1', True, [1, 0], (2, 'x')])
def test_counts_are_whole_numbers(value):
    with pytest.raises(ValueError, match='`depth` must be a whole number'):
        check_counts(depth=value)


def test_none_and_sequences_may_be_counts():
    check_counts(depth=None, size=(2, 3))
    check_counts(0, extra=0)


@pytest.mark.parametrize('value', [1, -0.1, float('nan'), 'x', None])
def test_shares_are_below_one(value):
    with pytest.raises(ValueError, match=r'`rate` must be in \[0, 1\)'):
        check_shares(rate=value)


@pytest.mark.parametrize('mean, std', [((0, 0, 0), (1, 0, 1)),
                                       ((0, 0), (1, 1, 1)),
                                       ((0, ), (float('nan'), )),
                                       ((float('inf'), ), (1, ))])
def test_pixels_can_be_divided_by_deviations(mean, std):
    with pytest.raises(ValueError, match='`std`'):
        check_colours(mean, std)
