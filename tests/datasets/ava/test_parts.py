"""Whole videos are held out; classes and excluded times are read."""
import pytest

from mvd_mm.datasets.ava.parts import list_classes, read_excluded, split_videos
from mvd_mm.datasets.ava.sources import Label

LABELS = [
    Label(f'f.csv:{number}', f'v{number % 10}', 1., (0, 0, 1, 1), action, None,
          None) for number, action in enumerate(['walk', 'sit'] * 15)
]


class TestSplitVideos:

    @pytest.mark.parametrize('share, number', [(.01, 1), (.3, 3), (.99, 9)])
    def test_no_video_is_in_both_and_no_label_is_lost(self, share, number):
        train, val = split_videos(LABELS, share, 0)
        videos = [{label.video for label in part} for part in (train, val)]
        assert not videos[0] & videos[1] and len(videos[1]) == number
        assert sorted(train + val) == sorted(LABELS)

    def test_the_seed_decides(self):
        parts = [split_videos(LABELS, .3, seed)[1] for seed in (0, 0, 1)]
        assert parts[0] == parts[1] != parts[2]


class TestListClasses:

    def test_sorted_without_a_file_in_its_order_with_one(self, tmp_path):
        assert list_classes(LABELS, None) == ['sit', 'walk']
        (tmp_path / 'c.txt').write_text('walk\n\n run \nsit\n')
        names = list_classes(LABELS, tmp_path / 'c.txt')
        assert names == ['walk', 'run', 'sit']

    @pytest.mark.parametrize('text, words', [
        ('walk\nwalk\nsit\n', 'lists a class twice'),
        ('walk\n', "f.csv:1: 'sit' is not among the 1 classes"),
    ])
    def test_what_is_wrong_is_named(self, tmp_path, text, words):
        (tmp_path / 'c.txt').write_text(text)
        with pytest.raises(ValueError, match=words):
            list_classes(LABELS, tmp_path / 'c.txt')


class TestReadExcluded:

    def test_lines_keep_their_place(self, tmp_path):
        path = tmp_path / 'skip.csv'
        path.write_text('a,2\nb,1.5\n')
        assert read_excluded(path) == [('a', 2., f'{path}:1'),
                                       ('b', 1.5, f'{path}:2')]
        assert read_excluded(None) == []

    def test_what_is_wrong_is_named(self, tmp_path):
        (tmp_path / 'skip.csv').write_text('a 2\n')
        with pytest.raises(ValueError, match="skip.csv:1: 'a 2' is not"):
            read_excluded(tmp_path / 'skip.csv')
        with pytest.raises(FileNotFoundError, match='`excluded`.*none.csv'):
            read_excluded(tmp_path / 'none.csv')
