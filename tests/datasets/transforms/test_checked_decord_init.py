"""The host's reader, with checks; nothing else changes."""
import numpy as np
import pytest
from mmaction.datasets.transforms import DecordDecode, DecordInit

from mvd_mm.datasets.transforms import CheckedDecordInit, InMemoryDecordInit
from mvd_mm.datasets.transforms.video_decoding import BrokenVideoError


def read(init, path, indices):
    results = init(dict(filename=str(path)))
    results['frame_inds'] = np.array(indices)
    return DecordDecode()(results)


def test_results_equal_those_of_the_host(make_video, tmp_path):
    path = make_video(tmp_path / 'a.mp4')
    # the host adds the ending where there is none
    for name in (path, tmp_path / 'a'):
        results = read(CheckedDecordInit(), name, [5, 0, 0])
        expected = read(DecordInit(), name, [5, 0, 0])
        assert set(results) == set(expected)
        np.testing.assert_array_equal(results['imgs'], expected['imgs'])
        for key in ('total_frames', 'avg_fps', 'original_shape', 'img_shape'):
            assert results[key] == expected[key], key


def test_other_decoding_modes_work(make_video, tmp_path):
    path = make_video(tmp_path / 'a.mp4')
    for init in (CheckedDecordInit(), DecordInit()):
        results = init(dict(filename=str(path), frame_inds=np.array([3])))
        DecordDecode(mode='efficient')(results)
        assert results['imgs'][0].shape == (32, 32, 3)


def test_what_is_no_file_is_said(tmp_path):
    init = CheckedDecordInit()
    with pytest.raises(FileNotFoundError, match='none.mp4'):
        init(dict(filename=str(tmp_path / 'none.mp4')))
    (tmp_path / 'folder.mp4').mkdir()
    with pytest.raises(BrokenVideoError, match='it is a folder'):
        init(dict(filename=str(tmp_path / 'folder.mp4')))


@pytest.mark.parametrize('init, size', [
    (CheckedDecordInit(), (256, 340)),
    (InMemoryDecordInit(scale=24), (24, 24)),
])
def test_a_black_video_stands_in(init, size):
    results = init.black(dict(filename='x'))
    results['frame_inds'] = np.arange(results['total_frames'])
    frames = np.stack(DecordDecode()(results)['imgs'])
    assert frames.shape[1:] == (*size, 3) and not frames.any()


def test_rejects_a_time_limit_of_nothing():
    with pytest.raises(ValueError, match='`time_limit`'):
        CheckedDecordInit(time_limit=0)
