"""Nearest clips, from features to the sheet."""
import numpy as np
import pytest

from mvd_mm.apis import retrieval
from mvd_mm.apis.retrieval import draw_nearest


@pytest.fixture
def features(tmp_path, noise_video):
    for name in 'abc':
        noise_video(tmp_path / 'v' / f'{name}.mp4', ord(name))
    np.savez(
        tmp_path / 'f.npz',
        features=np.array([[1, 0], [1, .1], [0, 1], [0, .9]], np.float32),
        names=np.array(['a.mp4', 'b.mp4', 'c.mp4', 'c.mp4']),
        begin=np.array([0, 0, 0, .6]),
        end=np.array([.5, .5, .5, 1.2]),
        labels=np.array([0, 0, 1, 1]),
        meta=np.array('{"prefix": "' + str(tmp_path / 'v') + '"}'))
    return tmp_path / 'f.npz'


def test_rows_show_the_nearest_of_other_videos(features, tmp_path,
                                               monkeypatch):
    sheets = []
    monkeypatch.setattr(retrieval, 'save_sheet',
                        lambda rows, *more: sheets.append(rows))
    share = draw_nearest(
        features, tmp_path / 's.png', queries=['a.mp4', 'c.mp4'], neighbours=1)
    first, second = sheets[0]
    assert [t.text.split('\n')[0] for t in first] == ['a.mp4', 'b.mp4']
    assert first[1].same and 'similarity 0.995' in first[1].text
    assert [t.text.split('\n')[0] for t in second] == ['c.mp4', 'b.mp4']
    assert '0.9 s' in second[0].text  # the later of its two windows
    assert share == pytest.approx(.5)


def test_the_sheet_is_written(features, tmp_path):
    (tmp_path / 'classes.txt').write_text('x\ny\n')
    draw_nearest(
        features,
        tmp_path / 's.png',
        neighbours=2,
        classes=tmp_path / 'classes.txt')
    assert (tmp_path / 's.png').stat().st_size > 3000


def test_faults(features, tmp_path):
    out = tmp_path / 's.png'
    with pytest.raises(KeyError, match='x.mp4'):
        draw_nearest(features, out, queries=['x.mp4'])
    with pytest.raises(FileNotFoundError, match='`features`'):
        draw_nearest(tmp_path / 'none.npz', out)
    with pytest.raises(ValueError, match='at least 1'):
        draw_nearest(features, out, neighbours=0)
    np.savez(tmp_path / 'x.npz', a=np.ones(1))
    with pytest.raises(ValueError, match='extract_features.py'):
        draw_nearest(tmp_path / 'x.npz', out)
    with pytest.raises(ValueError, match='.png'):
        draw_nearest(features, tmp_path / 's.jpg')
