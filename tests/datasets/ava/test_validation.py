"""The validator names each fault with file and line; clean sets are silent."""
import cv2
import numpy as np
import pytest
from mmengine.registry import DefaultScope

from mvd_mm.datasets import AVAClipDataset
from mvd_mm.datasets.ava import findings, formats
from mvd_mm.datasets.ava.annotations import build_annotations
from mvd_mm.datasets.ava.validation import (splits_of_config, splits_of_set,
                                            validate)

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
            split.clip = (8, 7)
        assert validate(splits) == []
        (tmp_path / 'frames/a/img_00028.jpg').unlink()
        fault, = validate(splits)
        assert (fault.kind, fault.line) == ('frames-missing', 3)
        assert 'img_00028.jpg' in fault.text
        splits['train'].clip = (8, 4)  # up to frame 26
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
