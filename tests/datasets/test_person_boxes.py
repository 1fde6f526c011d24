"""The published detector's file: read, and its faults named."""
import json

import cv2
import numpy as np
import pytest

from mvd_mm.datasets.person_boxes import detection_size, read_person_boxes

VIDEO = '_7oWZq_s_Sk'  # a name of AVA, with the sign that parts the second


def write(folder, content):
    path = folder / 'persons.json'
    path.write_text(json.dumps(content))
    return str(path)


def entry(image_id=f'{VIDEO},0902', bbox=(10, 20, 30, 40), score=.9, **more):
    return dict(image_id=image_id, bbox=bbox, score=score, **more)


def size(video):
    return 100, 200


@pytest.mark.parametrize('image_id', [
    f'{VIDEO},0902', f'{VIDEO}_0902', f'{VIDEO}/0902', f'{VIDEO}/0902.jpg',
    f'{VIDEO}/{VIDEO}_0902.jpg', f'{VIDEO}_000902', f'{VIDEO},902'
])
def test_names_of_key_frames(image_id, tmp_path):
    found = read_person_boxes(write(tmp_path, [entry(image_id)]), size)
    assert list(found) == [f'{VIDEO},0902']
    np.testing.assert_allclose(found[f'{VIDEO},0902'], [[.1, .1, .4, .3, .9]])


def test_the_best_come_first_in_shares_of_the_frame(tmp_path):
    path = write(tmp_path, [
        entry(score=.3),
        entry(bbox=(-1, 190, 102, 11), score=.8),
        entry(bbox=(5, 5, 0, 9), score=.99),
        entry(f'{VIDEO},1000')
    ])
    found = read_person_boxes(path, size)
    np.testing.assert_allclose(found[f'{VIDEO},0902'],
                               [[0, .95, 1, 1, .8], [.1, .1, .4, .3, .3]])
    assert len(found[f'{VIDEO},1000']) == 1


def test_images_of_the_file_tell_names_and_sizes(tmp_path):
    images = [
        dict(id=7, movie=VIDEO, timestamp=902, width=50, height=80),
        dict(id=8, file_name=f'{VIDEO}/{VIDEO}_0903.jpg', width=60, height=80)
    ]
    path = write(tmp_path,
                 dict(images=images, annotations=[entry(7), entry(8)]))
    found = read_person_boxes(path, None)
    np.testing.assert_allclose(found[f'{VIDEO},0902'],
                               [[.2, .25, .8, .75, .9]])
    assert found[f'{VIDEO},0903'][0, 2] == pytest.approx(40 / 60)


def test_sizes_of_other_videos_are_not_asked_for(tmp_path):
    asked = []

    def ask(video):
        asked.append(video)
        return 100, 200

    path = write(tmp_path, [entry(), entry('other,0902'), entry()])
    assert len(read_person_boxes(path, ask, [VIDEO])) == 1
    assert asked == [VIDEO]


@pytest.mark.parametrize('content, message', [
    ([entry(), dict(bbox=[1, 2, 3, 4])], 'entry 2 has no image_id, score'),
    ([entry(), 7], 'entry 2 has no image_id, bbox, score'),
    ([entry(bbox=(1, 2, 3))], 'entry 1: `bbox` is .1, 2, 3.'),
    ([entry(bbox=(1, 2, -3, 4))], 'entry 1: `bbox`.*not negative'),
    ([entry(bbox=(1, 2, 'x', 4))], 'entry 1: `bbox`'),
    ([entry(bbox=7)], 'entry 1: `bbox` is 7'),
    ([entry(bbox=(1, 2, float('nan'), 4))], 'entry 1: `bbox`'),
    ([entry(score=None)], '`score` None'),
    ([entry(score=1.5)], 'entry 1: `score` is 1.5, not within 0..1'),
    ([entry(12)], "`image_id` 12 does not name .*'VIDEO,0902'"),
    ([entry('film')], "`image_id` 'film' does not name"),
    ([entry([1])], r'`image_id` is \[1\]'),
    ([entry(bbox=(10, 20, 95, 40))], '100 x 200 pixels.*`proposal_size`'),
    ([entry(bbox=(.1, .1, .5, .5))], 'shares of the frame'),
    ([entry(category_id=1), entry(category_id=3)], '`category_id` is 3'),
    (dict(boxes=[]), 'holds a dict where person boxes are expected'),
    ('text', 'holds a str'),
    (dict(annotations=[], images=[dict(id=1)]), 'image 1 is malformed'),
    (dict(annotations=[], images=7), 'images are a int'),
])
def test_a_malformed_entry_is_named(content, message, tmp_path):
    path = write(tmp_path, content)
    with pytest.raises(ValueError, match=message) as caught:
        read_person_boxes(path, size)
    assert path in str(caught.value)


def test_another_kind_of_file_is_named(tmp_path):
    (tmp_path / 'persons.json').write_bytes(b'\x80\x04}')
    with pytest.raises(ValueError, match='is not a json file'):
        read_person_boxes(str(tmp_path / 'persons.json'), size)


def test_an_empty_list_has_no_person(tmp_path):
    assert read_person_boxes(write(tmp_path, []), size) == {}


class TestDetectionSize:

    @pytest.fixture(params=['video', 'frames'])
    def media(self, request, make_video, tmp_path):
        """Of 64 x 32 pixels."""
        if request.param == 'video':
            make_video(tmp_path / 'a.mp4', num_frames=2, size=(64, 32))
            return tmp_path / 'a.mp4'
        (tmp_path / 'a').mkdir()
        cv2.imwrite(
            str(tmp_path / 'a/img_00001.jpg'),
            np.zeros((32, 64, 3), dtype=np.uint8))
        return tmp_path / 'a'

    @pytest.mark.parametrize('given, expected', [
        (None, (64, 32)),
        (360, (720, 360)),
        ((480, 360), (480, 360)),
        ([480, 360], (480, 360)),
    ])
    def test_of_the_frames_or_as_told(self, media, given, expected):
        assert detection_size(media, given) == expected

    def test_what_cannot_be_read_is_named(self, tmp_path):
        (tmp_path / 'empty').mkdir()
        for name in ('none.mp4', 'empty'):
            with pytest.raises(
                    FileNotFoundError, match=f'{name}.*`proposal_size`'):
                detection_size(tmp_path / name)
            assert detection_size(tmp_path / name, (4, 3)) == (4, 3)
