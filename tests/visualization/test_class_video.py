"""Classes drawn on a video."""
import cv2
import numpy as np
import pytest

from mvd_mm.visualization.class_video import draw_classes, sampled_frames


def read(path):
    capture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        ok, frame = capture.read()
        if not ok:
            return np.stack(frames)
        frames.append(frame)


def test_each_moment_shows_the_nearest_window(tmp_path, make_video):
    path = str(make_video(tmp_path / 'a.mp4', num_frames=10, size=(640, 480)))
    times = [(0., .5), (.5, 1.)]
    best = [[(0, 'a', 1.)], [(1, 'a', .01)]]
    draw_classes(path, times, best, tmp_path / 'o.mp4', 'a.mp4')
    frames = read(tmp_path / 'o.mp4')
    assert frames.shape == (10, 480, 640, 3)
    # the bar behind the name is orange and long, then hardly there
    plate = frames[:, 14:40, 14:200].astype(int)
    orange = (plate[..., 2] - plate[..., 0]).clip(min=0).mean((1, 2))
    assert orange[:5].min() > 3 * orange[6:].max()
    # right side up, and where nothing is drawn as it was
    assert abs(int(frames[3, 240, 600, 0]) - 48) < 12


def test_an_array_is_rgb(tmp_path):
    frames = np.zeros((4, 480, 480, 3), dtype=np.uint8)
    frames[..., 0] = 200  # red
    draw_classes(frames, [(0., 1.)], [[(0, 'a', .5)]], tmp_path / 'o.mp4')
    assert read(tmp_path / 'o.mp4')[0, 300, 300].argmax() == 2  # BGR
    assert [f[0, 0, 0] for f in sampled_frames(frames, 2, 25.)] == [200, 200]


def test_the_video_itself_is_never_replaced(tmp_path, make_video):
    path = make_video(tmp_path / 'a.mp4')
    before = path.read_bytes()
    for out in (path, tmp_path / 'a.avi'):
        with pytest.raises(ValueError, match='`out` must be a new file'):
            draw_classes(str(path), [(0., 1.)], [[(0, 'a', .5)]], out)
    assert path.read_bytes() == before
