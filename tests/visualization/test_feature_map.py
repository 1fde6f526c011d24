"""Features as points: near ones stay near, every group has its sign."""
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.image import imread

from mvd_mm.visualization.feature_map import (GROUPS, neighbour_plane,
                                              save_feature_map)


def groups_of_features(number=3, each=12, width=8):
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(number, width))
    noise = .1 * draw.normal(size=(number, each, width))
    # what all clips share, and lengths, say nothing
    features = 20 + (centres[:, None] + noise)
    return features.reshape(-1, width), np.arange(number).repeat(each)


def test_neighbours_stay_neighbours():
    features, labels = groups_of_features()
    points, perplexity = neighbour_plane(features.reshape(36, 2, 4))
    assert points.shape == (36, 2) and perplexity == pytest.approx(35 / 3)
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    np.fill_diagonal(distances, np.inf)
    assert (labels[distances.argmin(1)] == labels).all()
    again, _ = neighbour_plane(features.reshape(36, 2, 4))
    np.testing.assert_array_equal(points, again)
    few, least = neighbour_plane(features[:5])
    assert few.shape == (5, 2) and least == pytest.approx(4 / 3)


def test_every_group_has_a_sign_of_its_own(tmp_path, monkeypatch):
    signs = {}
    scatter = Axes.scatter

    def note(self, *args, **options):
        signs[options['label']] = options['color'], options['marker']
        return scatter(self, *args, **options)

    monkeypatch.setattr(Axes, 'scatter', note)
    names = [f'class {i}' for i in range(GROUPS + 2)]
    groups = [*names, *names[:GROUPS]]  # the last two have one clip each
    points = np.random.default_rng(0).normal(size=(len(groups), 2))
    save_feature_map(points, groups, tmp_path / 'm.png', 'title', 'class')
    assert imread(tmp_path / 'm.png').std() > .05
    assert set(signs) == {f'{n} (2)'
                          for n in names[:GROUPS]} | {'2 others (2)'}
    assert len(set(signs.values())) == GROUPS + 1


@pytest.mark.parametrize('number, perplexity, words', [
    (4, 30., '5 are needed'),
    (9, 0., '`perplexity` must be positive'),
])
def test_faults(number, perplexity, words):
    with pytest.raises(ValueError, match=words):
        neighbour_plane(np.ones((number, 3)), perplexity)
