"""Frames kept in memory are the frames of the file, read once."""
import cv2
import numpy as np
import pytest
from mmengine.registry import TRANSFORMS, DefaultScope

from mvd_mm.datasets.transforms import InMemoryDecordInit, TwoResolutionResize

pytest.importorskip('decord')
NUM_FRAMES, SIZE = 6, (40, 32)  # width, height
NUM_BYTES = NUM_FRAMES * 40 * 32 * 3


@pytest.fixture
def make_noise(tmp_path):
    """Write a video whose frames differ from each other."""

    def make(name):
        path = str(tmp_path / name)
        writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*'mp4v'), 12,
                                 SIZE)
        for _ in range(NUM_FRAMES):
            coarse = np.random.randint(0, 256, (4, 5, 3), dtype=np.uint8)
            writer.write(cv2.resize(coarse, SIZE))
        writer.release()
        return path

    return make


@pytest.fixture
def path(make_noise):
    return make_noise('video.mp4')


def host(kind):
    with DefaultScope.overwrite_default_scope('mmaction'):
        return TRANSFORMS.build(dict(type=kind))


def read(init, path, indices):
    results = init(dict(filename=path))
    results['frame_inds'] = np.array(indices)
    return host('DecordDecode')(results)


@pytest.mark.parametrize('indices',
                         [[0, 1, 2, 3, 4, 5], [5, 0, 0, 3], [2], [4, 5, 5, 5]])
def test_results_equal_those_of_the_host_on_every_read(path, indices):
    init = InMemoryDecordInit()
    expected = read(host('DecordInit'), path, indices)
    for _ in range(2):
        results = read(init, path, indices)
        assert set(results) == set(expected)
        np.testing.assert_array_equal(results['imgs'], expected['imgs'])
        assert results['imgs'][0].dtype == np.uint8
        for key in ('total_frames', 'avg_fps', 'original_shape', 'img_shape'):
            assert results[key] == expected[key], key


def test_from_the_second_read_on_the_file_is_not_touched(path, tmp_path):
    init = InMemoryDecordInit()
    first = read(init, path, [0, 3])
    (tmp_path / 'video.mp4').unlink()
    second = read(init, path, [0, 3])
    np.testing.assert_array_equal(first['imgs'], second['imgs'])
    with pytest.raises(FileNotFoundError):
        read(InMemoryDecordInit(), path, [0])


def test_what_later_steps_draw_into_frames_is_not_kept(path):
    init = InMemoryDecordInit()
    first = read(init, path, [0, 1])
    kept = np.copy(first['imgs'])
    for image in first['imgs']:
        image[:] = 0
    np.testing.assert_array_equal(read(init, path, [0, 1])['imgs'], kept)


def test_videos_beyond_the_limit_are_read_from_their_files(make_noise):
    paths = [make_noise(f'{i}.mp4') for i in range(3)]
    init = InMemoryDecordInit(max_bytes=2 * NUM_BYTES)
    expected = [read(host('DecordInit'), p, [1, 4])['imgs'] for p in paths]
    assert np.abs(np.subtract(expected[0], expected[1], dtype=int)).max() > 50
    for _ in range(3):
        for path, frames in zip(paths, expected):
            imgs = read(init, path, [1, 4])['imgs']
            np.testing.assert_array_equal(imgs, frames)
        assert init.num_bytes == 2 * NUM_BYTES
        assert len(init._cache) == 2


def test_a_limit_one_byte_short_keeps_nothing(path, tmp_path):
    init = InMemoryDecordInit(max_bytes=NUM_BYTES - 1)
    read(init, path, [0])
    assert init.num_bytes == 0
    (tmp_path / 'video.mp4').unlink()
    with pytest.raises(FileNotFoundError):
        read(init, path, [0])


def test_is_known_to_configs_and_shows_its_limit():
    init = TRANSFORMS.build(
        dict(type='mvd_mm.InMemoryDecordInit', max_bytes=123))
    assert isinstance(init, InMemoryDecordInit)
    assert 'max_bytes=123' in repr(init)


@pytest.mark.parametrize('max_bytes', [1 << 20, 0], ids=['kept', 'beyond'])
def test_frames_resized_once_equal_those_resized_after_decoding(
        path, max_bytes):
    init = InMemoryDecordInit(max_bytes=max_bytes, scale=24)
    expected = TwoResolutionResize(scale=24)(
        dict(read(host('DecordInit'), path, [5, 0, 3]), clip_len=3))
    for _ in range(2):
        results = read(init, path, [5, 0, 3])
        np.testing.assert_array_equal(results['imgs'], expected['imgs'])
        assert results['img_shape'] == (24, 24)
    kept = NUM_FRAMES * 24 * 24 * 3 if max_bytes else 0
    assert init.num_bytes == kept


def test_a_scale_of_no_pixels_is_refused():
    with pytest.raises(ValueError, match='`scale` must be at least 1, got 0'):
        InMemoryDecordInit(scale=0)
