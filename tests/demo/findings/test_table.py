"""Means, ranges, and the table."""
import cv2
import pytest

from demo.findings.figure import save_figure
from demo.findings.table import Spread, format_results, summarise


def seed(number):
    """Accuracies of a seed; the random network was the same in all."""
    return dict(
        probe=dict(
            random=dict(appearance=30., motion=25.),
            image_teacher=dict(appearance=80. + number, motion=30.),
            both=dict(appearance=70., motion=60. + 3 * number)),
        finetune=dict(
            random=dict(appearance=40., motion=25.),
            both=dict(appearance=75., motion=66.)))


SEEDS = [seed(number) for number in range(3)]


def test_mean_and_range():
    assert summarise(SEEDS, 'probe', 'both', 'motion') == Spread(63, 60, 66)
    assert summarise(SEEDS, 'finetune', 'image_teacher', 'motion') is None


def test_table():
    assert format_results(SEEDS).splitlines() == [
        '| held-out clips, top-1 in percent | linear probe: appearance | '
        'linear probe: motion | fine-tuned: appearance | fine-tuned: motion |',
        '| --- | ---: | ---: | ---: | ---: |',
        '| random weights | 30.0 | 25.0 | 40.0 | 25.0 |',
        '| image teacher (MAE) | 81.0 (80.0 to 82.0) | 30.0 |  |  |',
        '| MVD, both teachers | 70.0 | 63.0 (60.0 to 66.0) | 75.0 | 66.0 |',
    ]


def test_table_of_teachers_alone():
    probes = [dict(probe=one['probe']) for one in SEEDS]
    assert format_results(probes).splitlines()[2] == (
        '| random weights | 30.0 | 25.0 |')


@pytest.mark.parametrize('measures', [('probe', ), ('probe', 'finetune')])
def test_figure_has_a_panel_for_each_measure(tmp_path, measures):
    seeds = [{key: one[key] for key in measures} for one in SEEDS]
    save_figure(seeds, tmp_path / 'new' / 'bars.png')
    picture = cv2.imread(str(tmp_path / 'new' / 'bars.png'))
    assert picture.std() > 20
    # bars of both colours
    for colour in ((0xa8, 0x78, 0x48), (0x3c, 0x80, 0xd1)):
        assert (abs(picture.astype(int) - colour).max(2) < 8).sum() > 500
