"""Annotations are drawn on the frames that their timestamps mean."""
import numpy as np
import pytest

from mvd_mm.datasets.ava import build_annotations, formats
from mvd_mm.datasets.video_files import read_frames
from mvd_mm.visualization.annotated_persons import (annotated_persons,
                                                    draw_annotations)

HEADER = 'video,time,x1,y1,x2,y2,action\n'


@pytest.fixture
def annotated(make_video, tmp_path):
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40, size=(64, 64))
    (tmp_path / 'one.csv').write_text(HEADER + 'a,1,0,0,32,32,walk;wave\n'
                                      'a,2,16,16,48,48,sit\n')
    (tmp_path / 'two.csv').write_text(HEADER + 'b,1,0,0,32,32,walk\n')
    build_annotations(tmp_path / 'v', tmp_path / 'one.csv', tmp_path / 'out',
                      tmp_path / 'two.csv')
    return tmp_path


def test_persons_of_a_key_frame(annotated):
    keys = annotated_persons(annotated / 'out', 'train', 'a')
    assert sorted(keys) == [10, 20]
    one, = keys[10]
    np.testing.assert_allclose(one.box, [0, 0, .5, .5])
    assert one.actions == (('walk', None), ('wave', None))


def test_other_rates_and_beginnings_find_the_same_moment(annotated):
    # as prepare.py tells of films that begin a second before the timestamps
    meta = formats.read_meta(annotated / 'out')
    meta.update(fps=30, timestamp_start=1, timestamp_end=4, video_start=0)
    formats.write_meta(annotated / 'out', meta)
    keys = annotated_persons(annotated / 'out', 'train', 'a')
    assert sorted(keys) == [10, 20]  # seconds 1 and 2 at 10 frames a second


def test_annotations_are_drawn_around_their_key_frames(annotated):
    # from half a second before second 1 to half a second after second 2
    assert draw_annotations(annotated / 'out', 'train', 'a',
                            annotated / 'a.mp4') == (40, 21, 2)
    frames = np.stack(list(read_frames(annotated / 'a.mp4'))).astype(int)
    plain = np.stack(list(read_frames(annotated / 'v/a.mp4'))).astype(int)
    assert frames.shape == (40, 480, 480, 3)
    # the first person's right edge, at x = 32 of 64 pixels
    edge = np.abs(frames[:, 150:200, 238:243] -
                  plain[:, :1, :1]).max(axis=(1, 2, 3))
    assert edge[10] > 60 > 30 > edge[0]


def test_unknown_video_is_refused_with_those_there_are(annotated):
    with pytest.raises(ValueError, match="`video` 'z'.*'a'"):
        annotated_persons(annotated / 'out', 'train', 'z')


def test_extracted_frames_are_refused(annotated):
    meta = formats.read_meta(annotated / 'out')
    formats.write_meta(annotated / 'out', dict(meta, use_frames=True))
    with pytest.raises(ValueError, match='extracted frames'):
        annotated_persons(annotated / 'out', 'train', 'a')
