"""Frames on disk and videos give the same clips; bad files are named."""
import json
import pickle

import cv2
import decord
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DATASETS, DefaultScope

from mvd_mm.datasets import AVAClipDataset

FPS, SECONDS = 10, 6
LINES = [
    'film,902,0.1,0.2,0.5,0.9,1,0', 'film,902,0.1,0.2,0.5,0.9,4,0',
    'film,902,0.4,0.1,0.9,0.8,2,1', 'film,904,0.2,0.2,0.6,0.7,3,0'
]
PROPOSALS = {
    'film,0902':
    np.array([[.1, .2, .5, .9, .95], [.4, .1, .9, .8, .8], [0, 0, .3, .3,
                                                            .79]]),
    'film,0904':
    np.array([[.2, .2, .6, .7, .5]])
}


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """A film of 96 x 64 pixels, as a video and as its decoded frames."""
    root = tmp_path_factory.mktemp('ava')
    writer = cv2.VideoWriter(
        str(root / 'film.mp4'), cv2.VideoWriter_fourcc(*'mp4v'), FPS, (96, 64))
    noise = np.random.default_rng(0).integers(
        0, 256, (8, 12, 3), dtype=np.uint8)
    for index in range(FPS * SECONDS):
        frame = cv2.resize(
            np.roll(noise, index, axis=1), (96, 64),
            interpolation=cv2.INTER_NEAREST)
        writer.write(frame)
    writer.release()
    (root / 'film').mkdir()
    for index, frame in enumerate(decord.VideoReader(str(root / 'film.mp4'))):
        # PNG loses nothing: jpg frames differ by their compression
        cv2.imwrite(
            str(root / 'film' / f'img_{index + 1:05}.png'),
            frame.asnumpy()[..., ::-1])
    (root / 'train.csv').write_text('\n'.join(LINES) + '\n')
    (root / 'excluded.csv').write_text('')
    with open(root / 'proposals.pkl', 'wb') as file:
        pickle.dump(PROPOSALS, file)
    return root


def build(request, folder, source, split='val', lines=None, **options):
    """The shipped data set, of another size and place."""
    name = dict(frames='ava22.py', video='ava22_video.py')[source]
    cfg = Config.fromfile(request.config.rootpath / 'configs' / '_base_' /
                          'datasets' / name)
    dataset = cfg[f'{split}_dataloader'].dataset
    for step in dataset.pipeline:
        if step.type == 'mvd_mm.SampleAVAClip':
            step.update(frame_interval=2, fps=FPS)
        if step.type == 'Resize':
            step.scale = (-1, 48)
        if step.type == 'mvd_mm.BoxAwareRandomCrop':
            step.size = 32
    ann_file = folder / 'train.csv'
    if lines is not None:
        ann_file = folder / 'lines.csv'
        ann_file.write_text('\n'.join(lines))
    dataset.update(
        ann_file=str(ann_file),
        exclude_file=str(folder / 'excluded.csv'),
        label_file=None,
        data_prefix=dict(img=str(folder)),
        filename_tmpl='img_{:05}.png',
        timestamp_start=900,
        timestamp_end=900 + SECONDS,
        fps=FPS,
        num_classes=6)
    if split == 'val':
        dataset.proposal_file = str(folder / 'proposals.pkl')
    dataset.update(options)
    with DefaultScope.overwrite_default_scope('mmaction'):
        return DATASETS.build(dataset)


@pytest.mark.parametrize('split', ['train', 'val'])
def test_frames_and_video_give_identical_tensors(request, folder, split):
    frames, video = (
        build(request, folder, source, split)
        for source in ('frames', 'video'))
    assert len(frames) == len(video) == 2
    for index in range(2):
        samples = []
        for dataset in (frames, video):
            np.random.seed(index)
            samples.append(dataset[index])
        one, other = samples
        assert one['inputs'].float().std() > 10
        assert (one['inputs'] == other['inputs']).all()
        one, other = one['data_samples'], other['data_samples']
        for key in ('gt_instances', 'proposals'):
            assert (one.get(key).bboxes == other.get(key).bboxes).all()
        assert (one.gt_instances.labels == other.gt_instances.labels).all()
        assert one.img_key == other.img_key


@pytest.mark.parametrize('source', ['frames', 'video'])
@pytest.mark.parametrize('split', ['train', 'val'])
def test_the_clip_lies_about_the_timestamp(request, folder, split, source):
    dataset = build(request, folder, source, split)
    info = dataset.get_data_info(0)
    assert info['timestamp'] == 902
    for step in dataset.pipeline.transforms[:3 if source == 'video' else 1]:
        info = step(info)
    number = info['frame_inds'] - (source == 'frames')
    # -15, -13 ... +15 about the frame of the second, at any split
    assert (number - (902 - 900) * FPS).tolist() == list(range(-15, 16, 2))


def test_scores_reach_the_head(request, folder):
    sample = build(request, folder, 'frames')[0]['data_samples']
    assert sample.scores.tolist() == [.95, .8]
    assert sample.img_shape == (48, 72)


def test_persons_below_the_threshold_are_left_out(request, folder):
    dataset = build(request, folder, 'frames')
    first, second = (dataset.get_data_info(i) for i in range(2))
    assert first['scores'].tolist() == [.95, .8]
    # MMAction2 would keep the person of 0.5
    assert second['proposals'].shape == (0, 4)


def test_a_frame_without_proposals_has_no_person(request, folder):
    dataset = build(request, folder, 'frames')
    del dataset.proposals['film,0902']
    assert dataset.get_data_info(0)['proposals'].shape == (0, 4)


def test_proposals_without_scores_count_in_full(request, folder):
    path = folder / 'boxes.pkl'
    with open(path, 'wb') as file:
        pickle.dump({k: v[:, :4] for k, v in PROPOSALS.items()}, file)
    dataset = build(request, folder, 'frames', proposal_file=str(path))
    assert dataset.get_data_info(0)['scores'].tolist() == [1, 1, 1]


def as_json(folder, size, name='persons.json', proposals=PROPOSALS):
    """The proposals in the form of the published detector's file."""
    scale = np.array(size * 2)
    entries = [
        dict(
            image_id=key.replace(',', '_'),
            bbox=[*corners[:2], *(corners[2:] - corners[:2])],
            score=row[4]) for key, rows in proposals.items() for row in rows
        for corners in [row[:4] * scale]
    ]
    (folder / name).write_text(json.dumps(entries))
    return str(folder / name)


@pytest.mark.parametrize('source', ['frames', 'video'])
@pytest.mark.parametrize('size, options', [
    ((96, 64), {}),
    ((540, 360), dict(proposal_size=360)),
    ((200, 300), dict(proposal_size=(200, 300))),
])
def test_the_published_person_boxes_equal_the_pickle(request, folder, source,
                                                     size, options):
    path = as_json(folder, size)
    theirs = build(request, folder, source)
    ours = build(request, folder, source, proposal_file=path, **options)
    assert len(ours) == len(theirs) == 2
    for one, other in zip(ours, theirs):
        one, other = one['data_samples'], other['data_samples']
        torch.testing.assert_close(
            one.proposals.bboxes, other.proposals.bboxes, check_dtype=False)
        assert one.scores.tolist() == other.scores.tolist()


def test_pixels_of_other_frames_are_refused(request, folder):
    path = as_json(folder, (540, 360))
    with pytest.raises(ValueError, match='entry 1.*96 x 64.*`proposal_size`'):
        build(request, folder, 'video', proposal_file=path)


@pytest.mark.parametrize('source', ['frames', 'video'])
@pytest.mark.parametrize('kind', ['json', 'pkl'])
def test_persons_of_every_key_frame_are_tested(request, folder, source, kind):
    box = np.array([[.2, .2, .6, .7, .9]])
    more = {
        **PROPOSALS,
        'film,0903': box,
        'film,0905': box,  # behind the last annotation
        'film,0901': box,  # before the first
        'other,0903': box
    }
    path = as_json(folder, (96, 64), 'more.json', more)
    if kind == 'pkl':
        path = str(folder / 'more.pkl')
        with open(path, 'wb') as file:
            pickle.dump(more, file)
    options = dict(proposal_file=path, label_file=None)
    dataset = build(request, folder, source, **options)
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    assert [i['img_key']
            for i in infos] == ['film,0902', 'film,0904', 'film,0903']
    sample = dataset[2]['data_samples']
    assert sample.timestamp == 903 and sample.scores.tolist() == [.9]
    assert sample.gt_instances.bboxes.shape == (0, 4)
    assert sample.gt_instances.labels.shape == (0, 6)
    (folder / 'excluded some.csv').write_text('film,0903\n')
    options['exclude_file'] = str(folder / 'excluded some.csv')
    assert len(build(request, folder, source, **options)) == 2
    options['every_key_frame'] = False  # as MMAction2
    options['exclude_file'] = None
    assert len(build(request, folder, source, **options)) == 2


@pytest.mark.parametrize('options', [
    dict(test_mode=False),
    dict(proposal_file=None),
])
def test_key_frames_without_annotation_need_persons(request, folder, options):
    with pytest.raises(ValueError, match='`every_key_frame=True`'):
        build(request, folder, 'frames', **options)


@pytest.mark.parametrize('line, message', [
    ('film,902,0.1,0.2,0.5,0.9,6,0', r'lines.csv:2 has label 6.*1 to 5'),
    ('film,902,0.1,0.2,0.5,0.9,0,0', r'lines.csv:2 has label 0'),
    ('film,902,0.5,0.2,0.5,0.9,1,0', r'lines.csv:2 has the box'),
    ('film,902,0.1,0.2,0.5,1.9,1,0', r'lines.csv:2 has the box'),
    ('film,902,0.1,0.2,0.5,0.9,1', r'lines.csv:2 is not of the form'),
])
def test_a_bad_line_is_named(request, folder, line, message):
    with pytest.raises(ValueError, match=message):
        build(request, folder, 'frames', lines=[LINES[0], line])


@pytest.mark.parametrize('name', ['ann_file', 'proposal_file', 'exclude_file'])
def test_a_missing_file_is_named(request, folder, name):
    with pytest.raises(FileNotFoundError, match=f'`{name}`.*nowhere'):
        build(request, folder, 'frames', **{name: 'nowhere'})


def test_a_missing_video_is_named(request, folder):
    with pytest.raises(FileNotFoundError, match='other.*`data_prefix.img`'):
        build(
            request,
            folder,
            'video',
            lines=[LINES[0], LINES[0].replace('film', 'other')])


def test_a_misspelt_argument_is_refused():
    with pytest.raises(TypeError, match='proposals_file'):
        AVAClipDataset(__file__, pipeline=[], proposals_file='x')


@pytest.mark.parametrize('name', ['film', 'film.mp4', 'folder/film.avi'])
def test_videos_on_a_skip_list_are_left_out(request, folder, name):
    others = [line.replace('film', 'other') for line in LINES]
    skip = folder / 'skip.txt'
    skip.write_text(f'{name}\tdamaged\n')
    (folder / 'other.mp4').write_bytes((folder / 'film.mp4').read_bytes())
    dataset = build(
        request,
        folder,
        'video',
        'train',
        lines=[*LINES, *others],
        skip_list=str(skip))
    assert {info['video_id'] for info in dataset.load_data_list()} == {'other'}
    with pytest.raises(ValueError, match='names every video'):
        build(request, folder, 'video', 'train', skip_list=str(skip))


def test_a_broken_film_is_missed_in_testing_if_told_so(request, folder):
    lines = [line.replace('film', 'broken') for line in LINES]
    (folder / 'broken.mp4').write_bytes(b'no video')
    with open(folder / 'broken.pkl', 'wb') as file:
        pickle.dump(
            {
                key.replace('film', 'broken'): value
                for key, value in PROPOSALS.items()
            }, file)
    options = dict(lines=lines, proposal_file=str(folder / 'broken.pkl'))
    with pytest.raises(RuntimeError, match='broken.mp4'):
        build(request, folder, 'video', **options)[0]
    dataset = build(
        request, folder, 'video', count_failures_as_wrong=True, **options)
    sample = dataset[0]
    assert not sample['inputs'].any()
    # what was there counts as missed: nobody is looked for
    assert len(sample['data_samples'].proposals) == 0
    assert len(sample['data_samples'].gt_instances) > 0
    assert dataset.broken_videos.total() == 1


def test_only_a_test_of_videos_counts_failures(request, folder):
    for source, split in (('frames', 'val'), ('video', 'train')):
        with pytest.raises(ValueError, match='count_failures_as_wrong'):
            build(request, folder, source, split, count_failures_as_wrong=True)
