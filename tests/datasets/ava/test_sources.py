"""Entries of a csv and of COCO-style json are read alike."""
import json

import pytest

from mvd_mm.datasets.ava.sources import read_labels

HEADER = 'video,time,x1,y1,x2,y2,action,actor\n'


def coco(**changes):
    content = dict(
        images=[dict(id=5, video='a.mp4', time=1.5, width=64, height=32)],
        annotations=[
            dict(image_id=5, bbox=[8, 4, 16, 8], category_ids=[2, 1])
        ],
        categories=[dict(id=1, name='sit'),
                    dict(id=2, name='walk')])
    content.update(changes)
    return json.dumps(content)


def test_a_line_with_two_actions_is_two_labels(tmp_path):
    path = tmp_path / 'a.csv'
    path.write_text(HEADER + 'a.M4V,1.5,8,4,24,12,walk;sit,Ann\n')
    walk, sit = read_labels(path)
    assert walk == (f'{path}:2', 'a', 1.5, (8, 4, 24, 12), 'walk', 'Ann', None)
    assert sit == walk._replace(action='sit')


def test_json_states_corners_by_width_and_height(tmp_path):
    path = tmp_path / 'a.json'
    path.write_text(coco())
    walk, sit = read_labels(path)
    assert walk[1:] == ('a', 1.5, (8, 4, 24, 12), 'walk', None, (64, 32))
    assert sit == walk._replace(action='sit')


def test_json_may_list_its_videos(tmp_path):
    path = tmp_path / 'a.json'
    image = dict(id=5, video_id=3, time=0, width=64, height=32)
    path.write_text(coco(images=[image], videos=[dict(id=3, name='b.avi')]))
    assert {label.video for label in read_labels(path)} == {'b'}


@pytest.mark.parametrize('name, text, words', [
    ('a.txt', '', 'must end in .csv or .json'),
    ('a.csv', HEADER, 'holds no box'),
    ('a.csv', HEADER.replace('actor', 'acter'), "unknown .'acter'"),
    ('a.csv', 'video,time\n', "missing .'x1'"),
    ('a.csv', HEADER + '"a,b",1,0,0,1,1,x,\n', ':2: `video`.*commas'),
    ('a.csv', HEADER + 'a,nan,0,0,1,1,x,\n', ':2: `time` must not be neg'),
    ('a.json', '[]', 'not COCO-style json'),
    ('a.json', coco(categories=[]), 'annotation 1: KeyError'),
    ('a.json', coco(images=[dict(id=5)]), 'its image video'),
])
def test_what_is_wrong_is_named(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=words):
        read_labels(tmp_path / name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='none.csv'):
        read_labels(tmp_path / 'none.csv')
