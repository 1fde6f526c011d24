"""Own boxes and actions become files that MMAction2 trains on."""
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from mmaction.datasets import AVADataset
from mmaction.evaluation import AVAMetric

from mvd_mm.datasets.ava import formats
from mvd_mm.datasets.ava.annotations import build_annotations

HEADER = 'video,time,x1,y1,x2,y2,action,actor\n'
# two persons with two actions each, 64 x 32 pixels
BOXES = {
    'one':
    HEADER + 'a.mp4,1,0,0,32,16,walk;wave,Ann\n'
    'a,1,32,16,64,32,sit,Bob\n'
    'a,2,8,0,40,16,walk,Ann\n',
    'two':
    HEADER + 'b,1,0,0,32,16,sit,\n'
    'b,1,0,0,32,16,wave,\n'
    'b,1,16,8,48,24,walk,\n',
}

FILES = [
    f'{split}{name}' for split in ('train', 'val')
    for name in ('.csv', '_excluded_timestamps.csv', '_proposals.pkl')
] + ['action_list.pbtxt', 'meta.json', 'cfg_options.txt']


@pytest.fixture
def media(make_video, tmp_path):
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40, size=(64, 32))
    (tmp_path / 'one.csv').write_text(BOXES['one'])
    (tmp_path / 'two.csv').write_text(BOXES['two'])
    return tmp_path


def build(root, out='out', **options):
    files = dict(train=root / 'one.csv', val=root / 'two.csv')
    files.update(options)
    meta = build_annotations(root / 'v', out=root / out, **files)
    return root / out, meta


def coco(text):
    """The same annotations as COCO-style json, boxes x, y, width, height."""
    names = ['wave', 'sit', 'walk']  # numbers need not be in order
    images, annotations = {}, []
    for line in text.splitlines()[1:]:
        video, time, *box, actions, actor = line.split(',')
        x1, y1, x2, y2 = map(int, box)
        image = images.setdefault((video, time),
                                  dict(
                                      id=len(images) + 7,
                                      video=video,
                                      time=int(time),
                                      width=64,
                                      height=32))
        entry = dict(
            id=len(annotations),
            image_id=image['id'],
            bbox=[x1, y1, x2 - x1, y2 - y1],
            category_ids=[names.index(name) for name in actions.split(';')])
        if actor:
            entry['track_id'] = actor
        annotations.append(entry)
    return json.dumps(
        dict(
            images=list(images.values()),
            annotations=annotations,
            categories=[dict(id=i, name=n) for i, n in enumerate(names)]))


def dataset(out, meta, split='train', **options):
    options.update(
        num_classes=meta['num_classes'],
        fps=meta['fps'],
        timestamp_start=meta['timestamp_start'],
        timestamp_end=meta['timestamp_end'])
    return AVADataset(
        ann_file=str(out / f'{split}.csv'),
        exclude_file=str(out / f'{split}_excluded_timestamps.csv'),
        label_file=str(out / 'action_list.pbtxt'),
        proposal_file=str(out / f'{split}_proposals.pkl'),
        data_prefix=dict(img=meta['videos']),
        use_frames=False,
        pipeline=[],
        **options)


class TestBuildAnnotations:

    def test_lines_are_those_of_ava(self, media):
        out, _ = build(media)
        assert (out / 'train.csv').read_text() == (
            'a,0001,0.0000,0.0000,0.5000,0.5000,2,0\n'
            'a,0001,0.0000,0.0000,0.5000,0.5000,3,0\n'
            'a,0001,0.5000,0.5000,1.0000,1.0000,1,1\n'
            'a,0002,0.1250,0.0000,0.6250,0.5000,2,0\n')
        assert (out / 'action_list.pbtxt'
                ).read_text().startswith('item {\n  name: "sit"\n  id: 1\n}\n')

    def test_ava_dataset_reads_boxes_labels_and_proposals(self, media):
        out, meta = build(media)
        data = dataset(out, meta)
        assert len(data) == 2 and meta['fps'] == 10
        info = data.get_data_info(0)
        np.testing.assert_allclose(info['gt_bboxes'],
                                   [[0, 0, .5, .5], [.5, .5, 1, 1]])
        np.testing.assert_array_equal(info['gt_labels'],
                                      [[0, 0, 1, 1], [0, 1, 0, 0]])
        np.testing.assert_allclose(info['proposals'], info['gt_bboxes'])
        np.testing.assert_allclose(info['scores'], 1)

    def test_a_clip_around_a_stamp_has_the_key_frame_in_its_middle(
            self, media):
        from mmaction.datasets.transforms import (DecordDecode, DecordInit,
                                                  SampleAVAFrames)
        out, meta = build(media)
        info = dataset(out, meta, start_index=0).get_data_info(1)
        for step in (DecordInit(),
                     SampleAVAFrames(
                         clip_len=4, frame_interval=1,
                         test_mode=True), DecordDecode()):
            info = step(info)
        assert list(info['frame_inds']) == [18, 19, 20, 21]  # 2 s, 10 a second
        np.testing.assert_allclose(info['gt_bboxes'], [[8, 0, 40, 16]])

    def test_perfect_predictions_have_map_1_and_swapped_ones_not(
            self, media, monkeypatch):
        out, meta = build(media)
        monkeypatch.chdir(media)  # the metric writes into the folder it is in

        def evaluate(change):
            metric = AVAMetric(
                str(out / 'val.csv'),
                str(out / 'val_excluded_timestamps.csv'),
                str(out / 'action_list.pbtxt'),
                num_classes=4)
            for info in map(dataset(out, meta, 'val').get_data_info, range(1)):
                labels = torch.as_tensor(change(info['gt_labels']))
                metric.process(None, [
                    dict(
                        video_id=info['video_id'],
                        timestamp=info['timestamp'],
                        pred_instances=dict(
                            bboxes=torch.as_tensor(info['gt_bboxes']),
                            scores=labels * .9 + .05))
                ])
            return metric.compute_metrics(metric.results)['overall']

        assert evaluate(lambda labels: labels) == pytest.approx(1)
        assert evaluate(lambda labels: labels[::-1].copy()) < .6

    @pytest.mark.parametrize('name', FILES)
    def test_csv_and_coco_give_identical_files(self, media, name):
        out, _ = build(media)
        for part, text in BOXES.items():
            (media / f'{part}.json').write_text(coco(text))
        first = (out / name).read_bytes()
        build(media, train=media / 'one.json', val=media / 'two.json')
        assert (out / name).read_bytes() == first and len(first) >= (
            0 if 'excluded' in name else 30)

    def test_relative_boxes_give_the_same_as_pixels(self, media):
        out, _ = build(media)
        first = (out / 'val.csv').read_text()
        (media / 'one.csv'
         ).write_text(HEADER +
                      'a,1,0,0,0.5,0.5,walk,\na,1,0,0,0.5,0.5,wave;sit,\n')
        (media / 'two.csv').write_text(
            HEADER + 'b,1,0,0,0.5,0.5,sit;wave,\nb,1,0.25,.25,.75,.75,walk,\n')
        build(media, boxes='relative')
        assert (out / 'val.csv').read_text() == first

    def test_fractions_of_a_second_become_frame_numbers(self, media):
        (media / 'one.csv').write_text(HEADER + 'a,1.5,0,0,32,16,walk,\n')
        out, meta = build(media)
        assert (meta['fps'], meta['timestamp_end']) == (1, 40)
        assert (out / 'train.csv').read_text().startswith('a,0015,')
        info = dataset(out, meta).get_data_info(0)
        assert info['fps'] * info['timestamp'] == 15

    def test_without_val_whole_videos_are_held_out(self, media):
        (media / 'both.csv').write_text(BOXES['one'] +
                                        BOXES['two'][len(HEADER):])
        out, _ = build(media, train=media / 'both.csv', val=None)
        videos = [{
            row.video
            for row in formats.read_rows(out / f'{split}.csv')
        } for split in ('train', 'val')]
        assert len(videos[0]) == len(videos[1]) == 1
        assert not videos[0] & videos[1]

    def test_excluded_times_are_left_out_of_the_dataset(self, media):
        (media / 'skip.csv').write_text('a,2\n')
        out, meta = build(media, excluded=media / 'skip.csv')
        assert [
            x['timestamp']
            for x in map(dataset(out, meta).get_data_info, range(1))
        ] == [1]
        assert len(dataset(out, meta)) == 1

    def test_detected_persons_take_the_place_of_annotated_ones(self, media):
        boxes = np.array([[0, 0, .5, .4, .7]], dtype=np.float32)
        formats.write_proposals(
            media / 'p.pkl',
            {key: boxes
             for key in ('a,0001', 'b,0001', 'b,0033')})
        out, meta = build(media, proposals=media / 'p.pkl')
        info = dataset(out, meta, 'val').get_data_info(0)
        np.testing.assert_allclose(info['proposals'], boxes[:, :4])
        np.testing.assert_allclose(info['scores'], [.7])
        assert list(formats.read_proposals(out /
                                           'val_proposals.pkl')) == ['b,0001']

    def test_detected_persons_may_have_the_published_form(self, media):
        (media / 'p.json').write_text(
            json.dumps([
                dict(image_id=f'{video}_0001', bbox=[0, 8, 32, 16], score=.7)
                for video in 'abc'
            ]))
        out, _ = build(media, proposals=media / 'p.json')
        found = formats.read_proposals(out / 'val_proposals.pkl')
        assert list(found) == ['b,0001']
        np.testing.assert_allclose(found['b,0001'], [[0, .25, .5, .75, .7]])

    def test_class_file_fixes_the_numbers(self, media):
        (media / 'classes.txt').write_text('run\nwave\nwalk\nsit\n')
        out, meta = build(media, classes=media / 'classes.txt')
        assert meta['num_classes'] == 5
        assert {row.label
                for row in formats.read_rows(out / 'train.csv')} == {2, 3, 4}

    @pytest.mark.parametrize('lines, words', [
        ('a,1,0,0,32,16\n', ':2: this line does not have as many'),
        ('a,1,0,0,x,16,walk,\n', ':2: .*must be numbers'),
        ('a,9,0,0,32,16,walk,\n', ':2: .*outside of video a'),
        ('z,1,0,0,32,16,walk,\n', ':2: there is no video z'),
        ('a,1,0,0,80,16,walk,\n', ':2: .*reaches out of the frame'),
        ('a,1,32,0,32,16,walk,\n', ':2: .*is empty'),
        ('a,1,0,0,.5,.5,walk,\n', ':2: .*--boxes relative'),
        ('a,1,0,0,32,16,,\n', ':2: `action`'),
        ('a,-1,0,0,32,16,walk,\n', ':2: `time`'),
    ])
    def test_bad_lines_are_named_and_nothing_is_written(
            self, media, lines, words):
        (media / 'one.csv').write_text(HEADER + lines)
        with pytest.raises((ValueError, FileNotFoundError), match=words):
            build(media)
        assert not (media / 'out').exists()

    @pytest.mark.parametrize('options, words', [
        (dict(boxes='cm'), '`boxes`'),
        (dict(time_unit='hours'), '`time_unit`'),
        (dict(val=None), 'one video only'),
        (dict(val=None, val_share=1.), '`val_share`'),
        (dict(classes=Path('none.txt')), '`classes`'),
        (dict(train=Path('none.csv')), 'no file none.csv'),
    ])
    def test_bad_arguments_are_refused_by_name(self, media, options, words):
        with pytest.raises((ValueError, FileNotFoundError), match=words):
            build(media, **options)

    def test_unknown_column_is_refused(self, media):
        (media / 'one.csv').write_text(HEADER.replace('actor', 'acter'))
        with pytest.raises(ValueError, match='acter'):
            build(media)
