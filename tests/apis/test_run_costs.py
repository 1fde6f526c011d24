"""The tables of docs/scaling.md are those that the model gives."""
import json
import re
from pathlib import Path

import pytest

from mvd_mm.apis.run_costs import (RECIPES, Cluster, costs, format_cores,
                                   format_costs)

ROOT = Path(__file__).parents[2]
COUNTS = json.loads((ROOT / 'tests/data/parameter_counts.json').read_text())
SIZES = dict(S='small', B='base', L='large', H='huge')


def test_the_page_has_these_tables():
    page = (ROOT / 'docs' / 'scaling.md').read_text()
    shown = re.findall(r'<!-- (?:update|run): begin -->\n(.*?)\n<!--', page,
                       re.DOTALL)
    assert '\n\n'.join(shown) == format_costs([8, 32, 128])


def test_the_page_on_benchmarks_has_the_table_of_cores():
    page = (ROOT / 'docs' / 'benchmarks.md').read_text()
    shown, = re.findall(r'<!-- cores: begin -->\n(.*?)\n<!--', page, re.DOTALL)
    assert shown == format_cores()


def test_cores_are_clips_a_second_times_seconds_a_clip():
    table = format_cores(Cluster(utilisation=0.5, decode=1., decode_copy=0.5))
    row = next(line for line in table.splitlines() if 'A100' in line)
    # 312 TFLOP/s, half of it used; B <- B: 553 GMAC, two operations each
    rate = 312e12 * 0.5 / (2 * 553e9)
    assert row.split(' | ')[3] == f'{rate:.1f} / {rate / 2:.1f}'


@pytest.mark.parametrize('name', RECIPES)
def test_parameters_are_those_of_the_models(name):
    student, teachers = (SIZES[letter] for letter in name.split(' <- '))
    recipe = RECIPES[name]
    if name != 'B <- L':  # same student and decoders as B <- B
        counted = COUNTS[f'mvd_pretrain_{student}']['trainable']
        assert recipe.parameters == pytest.approx(counted / 1e6, abs=0.05)
    # the video teacher is as large as the image teacher up to its table
    image = COUNTS[f'mae_teacher_{teachers}'] / 1e6
    assert recipe.teacher_parameters == pytest.approx(2 * image, rel=0.01)


def test_arithmetic_of_one_update():
    recipe = RECIPES['B <- B']
    found = costs(recipe, Cluster(gpus=32, peak=100., utilisation=0.5))
    # 553 GMAC, two operations each, for 32 clips, at 50 TFLOP/s
    assert found.compute == pytest.approx(32 * 2 * 553e9 / 50e12)
    # a ring: twice 31 / 32 of 4 bytes per weight, at 12.5 GB/s
    assert found.exchange == pytest.approx(2 * 31 / 32 * 116.9e6 * 4 / 12.5e9)
    assert found.exposed == pytest.approx(found.exchange * 25 * 2**20 /
                                          (116.9e6 * 4))
    assert found.fsdp_exchange == pytest.approx(2.5 * found.exchange)
    rate = 1024 / (found.compute + found.exposed)
    assert found.days == pytest.approx(400 * 240436 / rate / 86400)
    assert found.gpu_hours == pytest.approx(found.days * 24 * 32)
    assert found.cores == pytest.approx(rate / 32 * 0.062)


def test_the_total_batch_stays():
    few, many = (costs(RECIPES['L <- L'], Cluster(gpus=n)) for n in (8, 128))
    assert few.compute == pytest.approx(16 * many.compute)


def test_a_cluster_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match='`gpus` must fill nodes of 8.*12'):
        costs(RECIPES['S <- B'], Cluster(gpus=12))
    with pytest.raises(ValueError, match='total batch 512'):
        costs(RECIPES['H <- H'], Cluster(gpus=1024))
