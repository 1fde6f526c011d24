"""A file of features as a map: what the colours stand for."""
import numpy as np
import pytest

from mvd_mm.apis import feature_maps
from mvd_mm.apis.feature_maps import draw_feature_map


@pytest.fixture
def features(tmp_path):

    def write(labels):
        number = len(labels)
        np.savez(
            tmp_path / 'f.npz',
            features=np.random.default_rng(0).normal(size=(number, 4)),
            names=np.array(
                [f'{"ab"[i % 2]}/{i // 2}.mp4' for i in range(number)]),
            begin=np.zeros(number),
            end=np.ones(number),
            labels=np.array(labels),
            meta=np.array('{"network": "runs/student.pth"}'))
        return tmp_path / 'f.npz'

    return write


@pytest.mark.parametrize('colour, groups', [
    ('class', ['pouring', 'stirring', 'class 2'] * 2),
    ('folder', ['a', 'b'] * 3),
    ('video', [f'{"ab"[i % 2]}/{i // 2}.mp4' for i in range(6)]),
])
def test_colours_are_classes_folders_or_videos(features, tmp_path, monkeypatch,
                                               colour, groups):
    drawn = []
    save = feature_maps.save_feature_map
    monkeypatch.setattr(feature_maps, 'save_feature_map', lambda *args:
                        (drawn.append(args), save(*args)))
    (tmp_path / 'classes.txt').write_text('pouring\nstirring\n')
    path = features([0, 1, 2] * 2)
    found = draw_feature_map(path, tmp_path / 'm.png',
                             tmp_path / 'classes.txt', colour)
    assert found == (6, len(set(groups)))
    (points, names, _, title, kind), = drawn
    assert points.shape == (6, 2) and names == groups and kind == colour
    assert '6 clips' in title and 'student.pth' in title
    assert (tmp_path / 'm.png').stat().st_size > 5000


def test_a_share_of_the_clips_is_spread_over_the_file(features, tmp_path):
    path = features(list(range(20)))
    assert draw_feature_map(path, tmp_path / 'm.png', number=5) == (5, 5)


def test_faults(features, tmp_path):
    path, out = features([-1] * 6), tmp_path / 'm.png'
    for wrong, words in ((dict(), "has no labels.*'folder' or 'video'"),
                         (dict(colour='red'), '`colour`'),
                         (dict(colour='video', number=4),
                          '`number`'), (dict(out=tmp_path / 'm.jpg'), '.png')):
        with pytest.raises(ValueError, match=words):
            draw_feature_map(path, **{'out': out, **wrong})
