"""Maps laid over frames."""
import cv2
import numpy as np
import pytest
from PIL import Image

from mvd_mm.visualization.heat_video import lay_over, save_frames


@pytest.fixture
def pictures():
    clip = np.full((4, 40, 60, 3), 100, dtype=np.uint8)
    heat = np.zeros((2, 2, 3))
    heat[1, 0, 2] = 1.  # second half of the time, above, on the right
    return lay_over(clip, heat, 'title', 'meaning')


def test_the_map_is_where_and_when_it_belongs(pictures):
    assert len(pictures) == 4
    height, width, _ = pictures[0].shape
    assert height % 2 == width % 2 == 0
    assert (pictures[0][:-46] == pictures[1][:-46]).all()
    # below the frames, 46 pixels high, stands the number of the frame
    changed = (pictures[1] != pictures[2]).any(-1)[:-46]
    rows, columns = np.nonzero(changed)
    # in the right half, 3 cells wide: between their middles the map falls to
    # nothing, so what is bright in the third one ends in the middle of the
    # second. Likewise from the upper one of two rows, 360 pixels in all.
    assert width / 2 * (1 + .5) - 1 <= columns.min() < width * .8
    assert columns.max() == width - 1
    assert rows.min() == 30 and 30 + .65 * 360 < rows.max() <= 30 + .75 * 360
    # the frame at the left is the clip's
    assert (pictures[2][30:-46, :width // 2] == 100).all()


def read_mp4(path):
    capture = cv2.VideoCapture(str(path))
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(5)
    frames = []
    while True:
        ok, frame = capture.read()
        if not ok:
            return frames
        frames.append(frame[..., ::-1].astype(int))


def test_a_film_in_mp4(pictures, tmp_path):
    own = {}
    for grey in (100, 255):
        flat = [np.full_like(pictures[0], grey)] * 2
        save_frames(flat, tmp_path / 'flat.mp4', 5.)
        # what the codec loses where there is nothing to lose
        own[grey] = abs(read_mp4(tmp_path / 'flat.mp4')[0] - grey).max()
    save_frames(pictures, tmp_path / 'o.mp4', 5.)
    found = read_mp4(tmp_path / 'o.mp4')
    assert len(found) == 4
    for one, other in zip(found, pictures):
        # inside the frame at the left, which is as flat
        assert abs(one - other)[60:-80, 30:400].max() <= own[100] + 1
        # most of the rest is white or smooth
        assert abs(one - other).mean() <= own[255]


def test_a_film_in_gif_lasts_as_long_as_its_pictures(pictures, tmp_path):
    save_frames(pictures, tmp_path / 'o.gif', 5.)
    with Image.open(tmp_path / 'o.gif') as image:
        # equal pictures are one that lasts longer
        assert image.n_frames == 4
        shown = []
        for number in range(image.n_frames):
            image.seek(number)
            shown.append(np.array(image.convert('RGB')).astype(int))
            assert image.info['duration'] == 200
    for one, other in zip(shown, pictures):
        # 256 colours; the frame's grey and the white are among them
        assert (one[30:-46, :400] == 100).all() and (one[0] == 255).all()
        assert abs(one - other).mean() < 2


def test_a_picture_has_four_frames(pictures, tmp_path):
    path = tmp_path / 'new' / 'o.png'
    save_frames([*pictures, *pictures], path, 5.)
    with Image.open(path) as image:
        found = np.array(image)
    for number, index in enumerate((0, 2, 4, 7)):
        height = len(pictures[0])
        assert (found[number * height:(number + 1) *
                      height] == pictures[index % 4]).all()
    assert [p.name for p in path.parent.iterdir()] == ['o.png']


def test_other_endings_are_refused(pictures, tmp_path):
    with pytest.raises(ValueError, match='.mp4, .gif or .png'):
        save_frames(pictures, tmp_path / 'o.avi', 5.)
