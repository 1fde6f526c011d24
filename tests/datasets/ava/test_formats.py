"""Files of AVA: what we write, MMAction2 and we read alike."""
import json

import numpy as np
import pytest
from mmaction.evaluation.functional.ava_utils import read_labelmap

from mvd_mm.datasets.ava import formats

NAMES = ['sit', 'walk', 'wave']


def test_mmaction2_reads_the_label_list_as_we_do(tmp_path):
    formats.write_label_list(tmp_path / 'list.pbtxt', NAMES)
    with (tmp_path / 'list.pbtxt').open() as file:
        theirs = {x['id']: x['name'] for x in read_labelmap(file)[0]}
    assert theirs == formats.read_label_list(tmp_path / 'list.pbtxt')
    assert theirs == {1: 'sit', 2: 'walk', 3: 'wave'}


def test_a_list_without_a_class_is_refused(tmp_path):
    (tmp_path / 'list.pbtxt').write_text('item {\n}\n')
    with pytest.raises(ValueError, match='lists no class'):
        formats.read_label_list(tmp_path / 'list.pbtxt')


def test_rows_are_sorted_and_read_back(tmp_path):
    rows = [
        formats.Row('b', 2, (0., .25, .5, 1.), 3, 0),
        formats.Row('a', 10, (0., .25, .5, 1.), 2, 1),
        formats.Row('a', 10, (0., .25, .5, 1.), 1, 1)
    ]
    formats.write_rows(tmp_path / 'a.csv', rows)
    assert formats.read_rows(tmp_path / 'a.csv') == rows[::-1]
    assert (tmp_path / 'a.csv').read_text().startswith(
        'a,0010,0.0000,0.2500,0.5000,1.0000,1,1\n')


def test_a_malformed_line_is_named(tmp_path):
    (tmp_path / 'a.csv').write_text('a,1,0,0,1,1,1,0\na,1,0,0,1,1,1\n')
    with pytest.raises(ValueError, match='a.csv:2: .*not a line of AVA'):
        formats.read_rows(tmp_path / 'a.csv')


def test_proposals_are_read_back_by_key_frame(tmp_path):
    boxes = np.array([[0, 0, .5, .4, .7]], dtype=np.float32)
    formats.write_proposals(tmp_path / 'p.pkl', {
        formats.img_key('b', 1): boxes,
        'a,0003': boxes[:0]
    })
    found = formats.read_proposals(tmp_path / 'p.pkl')
    assert list(found) == ['a,0003', 'b,0001']
    assert (found['b,0001'] == boxes).all() and len(found['a,0003']) == 0


def test_proposals_that_would_run_code_are_refused(tmp_path):
    (tmp_path / 'p.pkl').write_bytes(b'cos\nsystem\n(S"true"\ntR.')
    with pytest.raises(ValueError, match='not a proposal file'):
        formats.read_proposals(tmp_path / 'p.pkl')


def test_meta_is_read_back_and_missed_by_name(tmp_path):
    with pytest.raises(FileNotFoundError, match='`set`.*meta.json'):
        formats.read_meta(tmp_path)
    formats.write_meta(tmp_path, dict(fps=10))
    assert formats.read_meta(tmp_path) == dict(fps=10)


@pytest.mark.parametrize('unit, more, number', [
    ('seconds', {}, 50),
    ('seconds', dict(video_start=0), 22550),
    ('seconds', dict(video_start=None), 50),
    ('frames', {}, 2),
    ('frames', dict(video_start=0), 902),
])
def test_frame_of_a_timestamp(unit, more, number):
    meta = dict(timestamp_unit=unit, timestamp_start=900, fps=30, **more)
    assert formats.frame_number(meta, 902, 25.) == number


class TestPublishedPersonBoxes:

    @pytest.fixture
    def path(self, tmp_path):
        entries = [
            dict(image_id=f'{video}_0902', bbox=[8, 0, 8, 16], score=.5)
            for video in 'ab'
        ]
        (tmp_path / 'p.json').write_text(json.dumps(entries))
        return tmp_path / 'p.json'

    def test_pixels_become_shares(self, path):
        found = formats.read_proposals(path, lambda video: (32, 16))
        assert list(found) == ['a,0902', 'b,0902']
        assert found['a,0902'].tolist() == [[.25, 0, .5, 1, .5]]

    def test_only_given_videos_are_read(self, path):
        sizes = dict(b=(16, 16))
        found = formats.read_proposals(path, sizes.__getitem__, sizes)
        assert found['b,0902'].tolist() == [[.5, 0, 1, 1, .5]]
        assert list(found) == ['b,0902']

    def test_the_size_must_be_known(self, path):
        with pytest.raises(ValueError, match="p.json.*'a'.*`frame_size`"):
            formats.read_proposals(path)

    def test_it_must_be_there(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='none.json'):
            formats.read_proposals(tmp_path / 'none.json')
