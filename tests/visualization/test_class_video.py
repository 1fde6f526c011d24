"""Classes drawn on a video."""
from pathlib import Path

import cv2
import numpy as np
import pytest

from mvd_mm.datasets.video_files import open_mp4, read_frames
from mvd_mm.visualization import class_video
from mvd_mm.visualization.class_video import draw_classes, sampled_frames


def read(path):
    capture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        ok, frame = capture.read()
        if not ok:
            return np.stack(frames)
        frames.append(frame)


@pytest.fixture
def written(monkeypatch):
    """The frames as they are before the codec, which loses something."""
    frames = []

    def open_noted(*args):
        writer = open_mp4(*args)

        class Noted:

            def write(self, frame):
                frames.append(frame.copy())
                writer.write(frame)

            def release(self):
                writer.release()

        return Noted()

    monkeypatch.setattr(class_video, 'open_mp4', open_noted)
    return frames


def test_each_moment_shows_the_nearest_window(tmp_path, make_video, written):
    path = str(make_video(tmp_path / 'a.mp4', num_frames=10, size=(640, 480)))
    times = [(0., .5), (.5, 1.)]
    best = [[(0, 'a', 1.)], [(1, 'b', .01)]]
    draw_classes(path, times, best, tmp_path / 'o.mp4', 'a.mp4')
    source = np.stack(list(read_frames(Path(path))))
    drawn = np.stack(written)
    assert drawn.shape == source.shape == (10, 480, 640, 3)
    # the plate at the top left and the note at the bottom left; elsewhere,
    # right side up, each frame is as it was
    changed = (drawn != source).any(-1)
    rows, columns = np.nonzero(changed.any(0))
    assert columns.max() < 320
    assert not ((60 < rows) & (rows < 420)).any()
    # the bar behind the name is long in the first half, hardly there then;
    # frame 5, at .5 s, is as near to both: the first of them speaks
    bars = [(frame[14:40, 14:200].astype(int) @ [-1, 0, 1] > 60).sum()
            for frame in drawn]
    assert min(bars[:6]) > 10 * max(bars[6:])


def test_the_file_holds_what_was_drawn(tmp_path, make_video, written):
    path = str(make_video(tmp_path / 'a.mp4', num_frames=10, size=(640, 480)))
    draw_classes(path, [(0., 1.)], [[(0, 'a', .5)]], tmp_path / 'o.mp4')
    found, drawn = read(tmp_path / 'o.mp4').astype(int), np.stack(written)
    assert found.shape == drawn.shape
    # what the codec loses, on average, is less than what frames differ by
    loss = abs(found - drawn).mean((1, 2, 3))
    step = abs(np.diff(drawn.astype(int), axis=0)).mean((1, 2, 3)).min()
    assert loss.max() < step / 2


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
