"""Text, picture and exponents."""
import pytest

from mvd_mm.benchmark import (fitted_exponent, format_growth, format_report,
                              save_plot)

SIDE = dict(
    seconds=2.,
    cpu_seconds=3.,
    clips_per_second=0.5,
    part_seconds=dict(backbone=1., backward=0.5),
    step_mib=None,
    resident_mib=10.,
    share_of_peak={'torch.mm': 0.5})
RESULT = dict(
    task='pretrain',
    batch=1,
    masks=4,
    dtype='fp32',
    frames=16,
    size=224,
    gmacs_per_clip=dict(student=1.5),
    product_gflops={'torch.mm': 100.},
    machine=dict(cpu='Some CPU', threads=2, load=0.1, gpu=None),
    sides=dict(ours=SIDE, plain=dict(SIDE, seconds=4.)),
    speedup=2.,
    cpu_speedup=1.9)


def test_all_figures_are_in_the_text():
    text = format_report(RESULT)
    for word in ('batch 1 x 4 masks', 'fp32', '1.5 GMAC', 'torch.mm 100',
                 'Some CPU', 'ours: 2 s', 'plain: 4 s', '50 % of torch.mm',
                 'step -', 'backward 0.5', '2.00x the plain side', '1.90x'):
        assert word in text, word


def test_a_picture_is_written(tmp_path):
    path = tmp_path / 'plot.png'
    save_plot([RESULT], str(path))
    assert path.read_bytes()[:4] == b'\x89PNG'


def test_exponent_of_a_power():
    assert fitted_exponent([1, 2, 4], [3, 12, 48]) == pytest.approx(2)
    with pytest.raises(ValueError, match='`sizes`'):
        fitted_exponent([2, 2], [1, 1])


def test_growth_of_time_stands_beside_that_of_the_arithmetic():
    results = [
        dict(
            RESULT,
            batch=n,
            sides=dict(
                ours=dict(SIDE, seconds=2. * n**0.5),
                plain=dict(SIDE, seconds=3. * n**2))) for n in (1, 2, 4)
    ]
    assert format_growth(
        results,
        'batch') == ('exponent of the time over batch: ours 0.50, plain 2.00; '
                     'of the arithmetic 1.00')
