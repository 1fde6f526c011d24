"""The validator names each fault with file and line; clean sets are silent."""
import json

import cv2
import numpy as np
import pytest
from mmaction.datasets.transforms import SampleAVAFrames
from mmengine.config import Config
from mmengine.registry import DefaultScope

from mvd_mm.datasets import AVAClipDataset
from mvd_mm.datasets.ava import findings, formats
from mvd_mm.datasets.ava.annotations import build_annotations
from mvd_mm.datasets.ava.check_media import check_media
from mvd_mm.datasets.ava.check_rows import Numbered
from mvd_mm.datasets.ava.validation import (splits_of_config, splits_of_set,
                                            validate)
from mvd_mm.datasets.transforms import SampleAVAClip

HEADER = 'video,time,x1,y1,x2,y2,action\n'


@pytest.fixture
def clean(make_video, tmp_path):
    """A set of two videos; train.csv has three lines."""
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40)
    (tmp_path / 'one.csv').write_text(HEADER + 'a,1,0,0,16,16,walk;wave\n'
                                      'a,2,8,8,32,32,sit\n')
    (tmp_path / 'two.csv').write_text(HEADER + 'b,1,0,0,16,16,walk\n')
    build_annotations(tmp_path / 'v', tmp_path / 'one.csv', tmp_path / 'out',
                      tmp_path / 'two.csv')
    return tmp_path / 'out'


def check(folder):
    return validate(splits_of_set(folder))


def edit(path, line, old, new):
    """Replace in one line, numbered from 1."""
    lines = path.read_text().splitlines(True)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    path.write_text(''.join(lines))


def persons(boxes, key='a,0002'):
    """Change or add an entry of the training part's person boxes."""

    def plant(folder):
        path = folder / 'train_proposals.pkl'
        content = formats.read_proposals(path)
        content[key] = boxes
        formats.write_proposals(path, content)

    return plant


def line(number, old, new, name='train.csv'):
    return lambda folder: edit(folder / name, number, old, new)


def append(name, text):

    def plant(folder):
        with (folder / name).open('a') as file:
            file.write(text)

    return plant


def remove(name):
    return lambda folder: (folder / name).unlink()


def slower(folder):
    edit(folder / 'meta.json', 9, '"fps": 10', '"fps": 5')


def drop_person(folder):
    path = folder / 'train_proposals.pkl'
    content = formats.read_proposals(path)
    del content['a,0002']
    formats.write_proposals(path, content)


BOX = np.array([[.25, .25, 1, 1, .9]])
PBTXT = 'action_list.pbtxt'
SKIP = 'train_excluded_timestamps.csv'
PKL = 'train_proposals.pkl'
# kind, how the fault is planted, file and line that must be named
FAULTS = [
    ('file-missing', remove(SKIP), SKIP, 0),
    ('csv-empty', lambda f: (f / 'train.csv').write_text(''), 'train.csv', 0),
    ('csv-columns', line(2, ',3,0', ',3'), 'train.csv', 2),
    ('csv-number', line(1, '0.5000', 'half'), 'train.csv', 1),
    ('label-zero', line(2, ',3,0', ',0,0'), 'train.csv', 2),
    ('label-unknown', line(2, ',3,0', ',7,0'), 'train.csv', 2),
    ('label-beyond', line(11, 'id: 3', 'id: 9', PBTXT), PBTXT, 11),
    ('box-outside', line(3, '1.0000', '1.2000'), 'train.csv', 3),
    ('box-pixels', line(3, '0.2500', '25.0'), 'train.csv', 3),
    ('box-empty', line(3, '0.2500', '1.0000'), 'train.csv', 3),
    ('row-twice', append('val.csv',
                         'b,0001,0.0000,0.0000,0.5000,0.5000,2,0\n'),
     'val.csv', 2),
    ('person-twice', line(2, '0.0000', '0.1000'), 'train.csv', 2),
    ('timestamp-range', line(3, '0002', '0077'), 'train.csv', 3),
    ('timestamp-video', line(3, '0002', '0004'), 'train.csv', 3),
    ('timestamp-excluded', append(SKIP, 'a,0001\n'), 'train.csv', 1),
    ('video-missing', remove('../v/b.mp4'), 'val.csv', 1),
    ('video-unreadable', lambda f:
     (f / '../v/b.mp4').write_bytes(b'no video'), 'val.csv', 1),
    ('video-rate', slower, 'train.csv', 1),
    ('excluded-malformed', append(SKIP, 'a 1\n'), SKIP, 1),
    ('excluded-unknown', append(SKIP, 'A,0002\n'), SKIP, 1),
    ('list-malformed', line(6, '  name', 'name', PBTXT), PBTXT, 6),
    ('list-malformed', line(6, '"walk"', "'walk'", PBTXT), PBTXT, 6),
    ('list-number', line(3, 'id: 1', 'id: 0', PBTXT), PBTXT, 3),
    ('list-twice', line(7, 'id: 2', 'id: 1', PBTXT), PBTXT, 7),
    ('list-twice', line(6, 'walk', 'sit', PBTXT), PBTXT, 6),
    ('proposal-file', lambda f: (f / PKL).write_bytes(b'x'), PKL, 0),
    ('proposal-key', persons(BOX, 'a,2'), PKL, 3),
    ('proposal-shape', persons(BOX[:, :3]), PKL, 2),
    ('proposal-empty', persons(BOX[:0]), PKL, 2),
    ('proposal-outside', persons(BOX * 2), PKL, 2),
    ('proposal-outside', persons(BOX * np.nan), PKL, 2),
    ('proposal-score', persons(BOX * [1, 1, 1, 1, 2]), PKL, 2),
    ('proposal-missing', drop_person, 'train.csv', 3),
    ('proposal-orphan', persons(BOX, 'a,0003'), PKL, 3),
    ('proposal-unmatched', persons(BOX * [.1, .1, .2, .2, 1]), PKL, 2),
    ('split-overlap', line(1, 'b,', 'a,', 'val.csv'), 'val.csv', 1),
]


class TestValidate:

    def test_a_clean_set_has_no_finding(self, clean):
        assert check(clean) == []

    @pytest.mark.parametrize(
        'kind, plant, name, number',
        FAULTS,
        ids=[f'{i}-{fault[0]}' for i, fault in enumerate(FAULTS)])
    def test_planted_fault_is_found_with_file_and_line(self, clean, kind,
                                                       plant, name, number):
        plant(clean)
        places = [(x.path.name, x.line) for x in check(clean)
                  if x.kind == kind]
        assert places.count((name, number)) == 1, check(clean)
        assert any(
            str(x).startswith(f'{clean / name}:{number}: {kind}: ')
            for x in check(clean))

    def test_every_kind_has_a_planted_fault(self):
        planted = {fault[0] for fault in FAULTS} | {'frames-missing'}
        assert planted == set(findings.KINDS)

    def test_a_fault_does_not_hide_others(self, clean):
        edit(clean / 'train.csv', 1, ',2,0', ',0,0')
        edit(clean / 'train.csv', 3, '1.0000', '1.1000')
        append(SKIP, 'x\n')(clean)
        assert {x.kind
                for x in check(clean)
                } == {'label-zero', 'box-outside', 'excluded-malformed'}

    def test_frames_that_a_clip_needs_are_missed_by_name(
            self, clean, tmp_path):
        # 40 frames of a as MMAction2 extracts them, from number 1
        for video in 'ab':
            (tmp_path / 'frames' / video).mkdir(parents=True)
            for index in range(1, 41):
                cv2.imwrite(
                    str(tmp_path / f'frames/{video}/img_{index:05}.jpg'),
                    np.zeros((8, 8, 3), dtype=np.uint8))
        splits = splits_of_set(clean)
        for split in splits.values():
            split.media, split.use_frames = tmp_path / 'frames', True
            # of 4 frames, 2 apart, as SampleAVAFrames counts at 10 a second
            split.offsets = [(k + 1) / 10 for k in range(-8, 8)]
        assert validate(splits) == []
        (tmp_path / 'frames/a/img_00028.jpg').unlink()
        fault, = validate(splits)
        assert (fault.kind, fault.line) == ('frames-missing', 3)
        assert 'img_00028.jpg' in fault.text
        # up to frame 26
        splits['train'].offsets = [(k + 1) / 10 for k in range(-8, 5)]
        assert validate(splits) == []

    def test_a_config_is_checked_as_the_set_is(self, clean, tmp_path):
        data = [
            f'type="AVADataset", ann_file="{clean}/{split}.csv", '
            f'exclude_file="{clean}/{split}_excluded_timestamps.csv", '
            f'proposal_file="{clean}/{split}_proposals.pkl", '
            f'label_file="{clean}/action_list.pbtxt", fps=10, num_classes=4, '
            f'timestamp_start=0, timestamp_end=4, '
            f'data_prefix=dict(img="{clean.parent}/v"), pipeline=[]'
            for split in ('train', 'val')
        ]
        (tmp_path / 'cfg.py').write_text(
            f'train_dataloader = dict(dataset=dict({data[0]}))\n'
            f'val_dataloader = dict(dataset=dict({data[1]}))\n')
        config = tmp_path / 'cfg.py'
        assert validate(splits_of_config(config)) == []
        found = validate(
            splits_of_config(config, {'train_dataloader.dataset.fps': 25}))
        fault, = (x for x in found if x.kind == 'video-rate')
        assert (fault.path, fault.line) == (clean / 'train.csv', 1)

    def test_other_folders_and_configs_are_refused(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='`set`.*meta.json'):
            splits_of_set(tmp_path)
        with pytest.raises(FileNotFoundError, match='`config`.*none.py'):
            splits_of_config(tmp_path / 'none.py')
        (tmp_path / 'cfg.py'
         ).write_text('train_dataloader = dict(dataset=dict(ann_file="x"))')
        with pytest.raises(ValueError, match='no ann_file or label_file'):
            splits_of_config(tmp_path / 'cfg.py')


@pytest.mark.parametrize('ending', ['.m4v', '.MP4', '.ts'])
def test_a_video_that_passes_is_found_by_the_data_set(clean, ending):
    for name in 'ab':
        path = clean.parent / f'v/{name}.mp4'
        path.rename(path.with_suffix(ending))
    assert check(clean) == []
    steps = [
        dict(type='SampleAVAFrames', clip_len=4, frame_interval=1),
        dict(type='DecordInit'),
        dict(type='mvd_mm.AVAVideoFrames'),
        dict(type='DecordDecode')
    ]
    with DefaultScope.overwrite_default_scope('mmaction'):
        data = AVAClipDataset(
            ann_file=str(clean / 'train.csv'),
            pipeline=steps,
            data_prefix=dict(img=str(clean.parent / 'v')),
            use_frames=False,
            num_classes=4,
            fps=10,
            timestamp_start=0,
            timestamp_end=4,
            test_mode=True)
        results = data[0]
    assert results['filename'] == str(clean.parent / f'v/a{ending}')
    # frame i is grey of level 16 * i; second 1 at 10 frames a second
    levels = [frame.mean() for frame in results['imgs']]
    np.testing.assert_allclose(
        levels, 16 * results['frame_inds'].ravel(), atol=4)
    assert 10 in results['frame_inds']


LEAF = ('configs/mvd/detection/vit-base-p16_mvd-teachers-base-400e-pre_16xb8-'
        '16x4x1-30e_ava22-rgb.py')
PERSONS = 'ava_val_det_person_bbox.json'


def write_persons(folder, *boxes, **images):
    """The published detector's form; the videos have 32 x 32 pixels."""
    entries = [dict(image_id=key, bbox=box, score=.9) for key, box in boxes]
    content = dict(annotations=entries, **images) if images else entries
    (folder / PERSONS).write_text(json.dumps(content))


class TestPublishedPersonBoxes:

    @pytest.fixture
    def published(self, clean, request):
        """A shipped leaf that reads the set; person boxes of part val."""
        base = request.config.rootpath / 'configs/_base_'
        model = Config.fromfile(request.config.rootpath / LEAF).model
        cfg = Config.fromfile(base / 'datasets/ava22_video.py')
        cfg.model = model
        cfg.dump(str(clean / 'leaf.py'))
        options = dict(
            line.split('=', 1)
            for line in (clean / 'cfg_options.txt').read_text().splitlines())
        for part in ('val', 'test'):
            options[f'{part}_dataloader.dataset.proposal_file'] = str(clean /
                                                                      PERSONS)
        for key, value in options.items():
            if value.isdigit():
                options[key] = int(value)

        def check(**more):
            return validate(
                splits_of_config(
                    clean / 'leaf.py', {
                        **options,
                        **{
                            f'val_dataloader.dataset.{key}': value
                            for key, value in more.items()
                        }
                    }))

        return check

    def test_a_shipped_config_has_no_finding(self, clean, published):
        write_persons(clean, ('b,0001', [0, 0, 16, 16]))
        assert published() == []

    def test_other_videos_are_left_out_as_by_the_data_set(
            self, clean, published):
        write_persons(clean, ('b_0001', [0, 0, 16, 16]),
                      ('film_0001', [0, 0, 900, 16]))
        assert published() == []

    def test_boxes_are_compared_in_shares_of_the_frame(self, clean, published):
        write_persons(clean, ('b,0001', [16, 16, 16, 16]))
        assert [x.kind for x in published()] == ['proposal-unmatched']
        write_persons(clean, ('b,0001', [0, 0, 160, 160]))
        fault, = published()
        assert fault.kind == 'proposal-file'
        assert 'entry 1' in fault.text and '`proposal_size`' in fault.text
        assert published(proposal_size=320) == []
        assert published(proposal_size=(320, 320)) == []

    def test_a_missing_video_is_told_once(self, clean, published):
        write_persons(clean, ('b,0001', [0, 0, 16, 16]))
        (clean / '../v/b.mp4').unlink()
        assert [x.kind for x in published()] == ['video-missing']

    def test_key_frames_without_annotation_are_faults_unless_tested(
            self, clean, published):
        write_persons(clean, ('b,0001', [0, 0, 16, 16]),
                      ('b,0003', [0, 0, 16, 16]))
        assert published() == []  # every_key_frame=True as shipped
        assert [x.kind for x in published(every_key_frame=False)
                ] == ['proposal-orphan']

    def test_sizes_in_the_file_need_no_video(self, clean):
        image = dict(width=320, height=320, file_name='b_0001.jpg', id=7)
        write_persons(clean, (7, [0, 0, 160, 160]), images=[image])
        split = splits_of_set(clean)['val']
        split.proposal_file, split.media = clean / PERSONS, None
        assert validate(dict(val=split)) == []
        write_persons(clean, ('b,0001', [0, 0, 160, 160]))
        fault, = validate(dict(val=split))
        assert fault.kind == 'proposal-file' and "'b'" in fault.text
        split.proposal_size = (320, 320)
        assert validate(dict(val=split)) == []


class TestFramesOfAClip:
    """The validator asks for the frames that the sampler asks for."""

    @pytest.fixture
    def missing(self, tmp_path):

        def find(sampler, fps, gone=(), stamp=905):
            """Findings if all but the clip's frames, and one, are gone."""
            frames = sampler(
                dict(
                    timestamp=stamp,
                    timestamp_start=900,
                    fps=fps,
                    start_index=1,
                    shot_info=(0, 10 * fps)))['frame_inds']
            folder = tmp_path / f'{fps}' / 'a'
            folder.mkdir(parents=True)
            for index in set(frames) - {frames[k] for k in gone}:
                (folder / f'img_{index:05}.jpg').touch()
            for other in range(10 * fps):  # counted, never asked for
                (folder / f'other_{other}').touch()
            cfg = dict(
                type=f'{"mvd_mm." * (sampler.__module__[:3] == "mvd")}'
                f'{type(sampler).__name__}',
                clip_len=sampler.clip_len,
                frame_interval=sampler.frame_interval)
            data = dict(
                ann_file='a.csv',
                label_file='l.pbtxt',
                fps=fps,
                timestamp_start=900,
                timestamp_end=910,
                data_prefix=dict(img=str(folder.parent)),
                pipeline=[cfg, dict(type='RawFrameDecode')])
            part = dict(dataset=data)
            Config(dict(train_dataloader=part,
                        val_dataloader=part)).dump(str(tmp_path / 'cfg.py'))
            split = splits_of_config(tmp_path / 'cfg.py')['val']
            row = formats.Row('a', stamp, (0., 0., 1., 1.), 1, 0)
            return check_media(split, [Numbered(1, row)])

        return find

    @pytest.mark.parametrize('fps', [10, 25, 30, 50])
    def test_published_clip(self, missing, fps):
        assert missing(SampleAVAClip(), fps) == []

    @pytest.mark.parametrize('fps', [25, 30])
    @pytest.mark.parametrize('number', [0, 7, 15])
    def test_each_of_its_frames_is_needed(self, missing, fps, number):
        fault, = missing(SampleAVAClip(), fps, [number])
        assert fault.kind == 'frames-missing' and 'more' not in fault.text

    @pytest.mark.parametrize('stamp', [900, 909])
    def test_at_the_ends(self, missing, stamp):
        assert missing(SampleAVAClip(), 30, stamp=stamp) == []

    def test_mmaction2s_sampler_moves_frames_so_all_between_are_needed(
            self, missing):
        fault, = missing(SampleAVAFrames(16, 4, test_mode=True), 30)
        # from its first frame to its last: 61, of which 16 are there
        assert fault.text.endswith('and 44 more')
        assert missing(SampleAVAFrames(61, 1, test_mode=True), 25) == []
