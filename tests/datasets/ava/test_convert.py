"""Times become timestamps, boxes shares, persons numbers."""
import pytest

from mvd_mm.datasets.ava.convert import Clock, Entities, relative_box
from mvd_mm.datasets.ava.sources import Label


def label(time=1., box=(8, 4, 24, 12), actor=None, video='a', size=None):
    return Label('f.csv:2', video, time, box, 'walk', actor, size)


class TestClock:

    @pytest.fixture
    def videos(self, make_video, tmp_path):
        make_video(tmp_path / 'a.mp4', num_frames=25, size=(64, 32))
        return tmp_path

    def test_whole_seconds_stay_seconds(self, videos):
        clock = Clock(videos, [label(0.), label(2.)], 'seconds')
        assert clock.stamp(label(2.)) == 2 and clock.size('a') == (64, 32)
        assert clock.meta() == dict(
            fps=10,
            timestamp_unit='seconds',
            timestamp_start=0,
            timestamp_end=3,
            one_rate=True)

    def test_one_fraction_makes_all_of_them_frames(self, videos):
        clock = Clock(videos, [label(.5), label(2.)], 'seconds')
        assert [clock.stamp(label(time)) for time in (.5, 2.)] == [5, 20]
        assert clock.meta()['fps'] == 1
        assert clock.meta()['timestamp_end'] == 25

    def test_frame_numbers_are_kept(self, videos):
        clock = Clock(videos, [label(7.)], 'frames')
        assert clock.stamp(label(7.)) == 7
        with pytest.raises(ValueError, match=':2: .*not a whole frame'):
            clock.stamp(label(7.5))
        with pytest.raises(ValueError, match=':2: .*which has 25 frames'):
            clock.stamp(label(25.))

    def test_missing_videos_and_folders_are_named(self, videos):
        with pytest.raises(FileNotFoundError, match='f.csv:2: .*video b'):
            Clock(videos, [label(video='b')], 'seconds')
        with pytest.raises(FileNotFoundError, match='`videos`.*not a folder'):
            Clock(videos / 'none', [label()], 'seconds')


class TestEntities:

    def test_names_keep_their_number_in_a_video(self):
        entities = Entities()
        numbers = [
            entities.number(label(time, actor=name, video=video))
            for video, time, name in [('a', 1., 'Ann'), (
                'a', 1., 'Bob'), ('a', 2., 'Ann'), ('b', 1., 'Bob')]
        ]
        assert numbers == [0, 1, 0, 0]

    def test_without_a_name_the_box_of_a_key_frame_tells(self):
        entities = Entities()
        numbers = [
            entities.number(entry)
            for entry in (label(), label(), label(box=(0, 0, 1, 1)), label(2.))
        ]
        assert numbers == [0, 0, 1, 2]


class TestRelativeBox:

    def test_pixels_become_shares(self):
        assert relative_box(label(), 'pixels',
                            (64, 32)) == (.125, .125, .375, .375)

    def test_the_size_in_the_source_comes_first(self):
        assert relative_box(label(size=(32, 16)), 'relative',
                            (64, 32)) == (.25, .25, .75, .75)

    def test_a_pixel_beyond_the_edge_is_cut_off(self):
        box = (-1, 0, 65, 33)
        assert relative_box(label(box=box), 'pixels', (64, 32)) == (0, 0, 1, 1)
        with pytest.raises(ValueError, match=':2: .*reaches out'):
            relative_box(label(box=(-2, 0, 64, 32)), 'pixels', (64, 32))

    @pytest.mark.parametrize('box, unit, words', [
        ((0, 0, .5, .5), 'pixels', '--boxes relative'),
        ((0, 0, 16, 16), 'relative', '--boxes pixels'),
        ((.5, 0, .5, 1), 'relative', 'is empty'),
        ((0, 0, 1, 1), 'cm', '`boxes`'),
    ])
    def test_what_is_wrong_is_named(self, box, unit, words):
        with pytest.raises(ValueError, match=words):
            relative_box(label(box=box), unit, (64, 32))
