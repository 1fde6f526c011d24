"""Views that the recognition bases make of a video file, to the pixel."""
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmaction.models import ActionDataPreprocessor
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import DefaultScope

from mvd_mm.registry import DATASETS

decord = pytest.importorskip('decord')
ROOT = Path(__file__).parents[2]
BASES = ROOT / 'configs' / '_base_' / 'datasets'
MEAN = np.array([123.675, 116.28, 103.53])
STD = np.array([58.395, 57.12, 57.375])
INDICES = json.loads(
    (ROOT / 'tests' / 'data' / 'frame_indices.json').read_text())
# base, its file of frame numbers, clips
DATA = [('kinetics400', 'k400_test_views', 5), ('sthv2', 'ssv2_test_views', 2)]


def read(name):
    return Config.fromfile(BASES / f'{name}_recognition.py')


@pytest.fixture(scope='module')
def render(tmp_path_factory):
    """Write a video of moving noise; decoded once, as truth."""

    def make(num_frames, size, suffix='.mp4'):
        path = tmp_path_factory.mktemp('videos') / f'video{suffix}'
        codec = 'MJPG' if suffix == '.avi' else 'mp4v'
        writer = cv2.VideoWriter(
            str(path), cv2.VideoWriter_fourcc(*codec), 25, size)
        rng = np.random.default_rng(0)
        noise = cv2.resize(
            rng.integers(0, 256, (12, 16, 3), dtype=np.uint8), size)
        for index in range(num_frames):
            writer.write(np.roll(noise, 7 * index, axis=1))
        writer.release()
        reader = decord.VideoReader(str(path))
        assert len(reader) == num_frames
        frames = np.stack([reader[i].asnumpy() for i in range(num_frames)])
        return path, frames

    return make


LEAVES = sorted((ROOT / 'configs' / 'mvd' / 'recognition').glob('*.py'))


@pytest.mark.parametrize('path', LEAVES, ids=lambda p: p.stem)
def test_every_leaf_has_the_views_and_the_normalisation_of_its_base(path):
    cfg = Config.fromfile(path)
    base = read(path.stem.split('_')[-1].split('-')[0])
    for key in ('train', 'val', 'test'):
        pipeline = cfg[f'{key}_dataloader'].dataset.pipeline
        assert pipeline == base[f'{key}_pipeline']
    preprocessor = cfg.model.data_preprocessor
    assert preprocessor.type == 'ActionDataPreprocessor'
    assert preprocessor.format_shape == 'NCTHW'
    np.testing.assert_allclose(preprocessor.mean, MEAN)
    np.testing.assert_allclose(preprocessor.std, STD)


def run(pipeline, path):
    with DefaultScope.overwrite_default_scope('mmaction'):
        sample = Compose(pipeline)(
            dict(filename=str(path), label=1, start_index=0, modality='RGB'))
        preprocessor = ActionDataPreprocessor(
            mean=MEAN.tolist(), std=STD.tolist(), format_shape='NCTHW')
        return preprocessor(pseudo_collate([sample]))['inputs'][0]


def expected_views(frames, clips, crops):
    """The recipe in words: resize, floor, crop, normalise."""
    height, width = frames.shape[1:3]
    scale = 224 / min(height, width)
    size = (224, int(height *
                     scale)) if width < height else (int(width * scale + 1e-9),
                                                     224)
    resized_frames = [
        cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR)
        for frame in frames
    ]
    views = []
    for clip in clips:
        resized = np.stack([resized_frames[i] for i in clip])
        for crop in range(crops):
            share = crop / (crops - 1) if crops > 1 else 0.5
            x = int((size[0] - 224) * share)
            y = int((size[1] - 224) * share)
            view = resized[:, y:y + 224, x:x + 224] / 255
            view = (view - MEAN / 255) / (STD / 255)
            views.append(view.transpose(3, 0, 1, 2).astype(np.float32))
    return torch.from_numpy(np.stack(views))


@pytest.mark.parametrize('name, table, clips', DATA)
@pytest.mark.parametrize(
    'num_frames, size, suffix',
    [
        (5, (320, 240), '.mp4'),
        (40, (426, 240), '.mp4'),
        (65, (320, 240), '.avi'),
        (17, (256, 340), '.mp4'),
        (1, (340, 256), '.mp4'),
        (15, (240, 426), '.mp4'),
        (20,
         (224, 224), '.mp4'),  # nothing to resize, three crops at one place
        (20, (224, 120), '.mp4'),  # a long side that is the crop's
    ])
def test_test_views_are_the_published_ones(render, name, table, clips,
                                           num_frames, size, suffix):
    path, frames = render(num_frames, size, suffix)
    views = run(read(name).test_pipeline, path)
    assert views.shape == (clips * 3, 3, 16, 224, 224)
    numbers = INDICES[table].get(str(num_frames)) or formula(table, num_frames)
    expected = expected_views(frames, numbers, 3)
    torch.testing.assert_close(views, expected, rtol=0, atol=1e-5)


def formula(table, num_frames):
    if table == 'k400_test_views':
        taken = list(range(0, num_frames, 4))
        taken += taken[-1:] * (16 - len(taken))
        return [taken[i * (len(taken) - 16) // 4:][:16] for i in range(5)]
    edges = [round(i * (num_frames - 1) / 32) for i in range(33)]
    middles = [(a + b) // 2 for a, b in zip(edges, edges[1:])]
    return [middles[::2], middles[1::2]]


def test_ucf101_has_the_views_of_kinetics400():
    ours, theirs = read('ucf101'), read('kinetics400')
    for key in ('train_pipeline', 'val_pipeline', 'test_pipeline'):
        assert ours[key] == theirs[key]


@pytest.mark.parametrize('name', ['ucf101', 'hmdb51'])
def test_split_1_is_trained_and_tested(name):
    cfg = read(name)
    for key, part in dict(train='train', val='val', test='val').items():
        assert cfg[f'{key}_dataloader'].dataset.ann_file == (
            f'data/{name}/{name}_{part}_split_1_videos.txt')


def test_hmdb51_has_10_clips_of_every_second_frame(render):
    path, frames = render(90, (320, 240))
    views = run(read('hmdb51').test_pipeline, path)
    starts = [i * (45 - 16) // 9 for i in range(10)]
    clips = [[2 * (s + t) for t in range(16)] for s in starts]
    torch.testing.assert_close(
        views, expected_views(frames, clips, 3), rtol=0, atol=1e-5)


@pytest.mark.parametrize('name', ['kinetics400', 'sthv2', 'ucf101', 'hmdb51'])
def test_validation_is_the_centre_crop_of_a_clip_at_a_random_time(
        render, name):
    path, frames = render(97, (320, 240))
    pipeline = read(name).val_pipeline
    drawn = set()
    for seed in range(3):
        np.random.seed(seed)
        with DefaultScope.overwrite_default_scope('mmaction'):
            clip = Compose(pipeline[:2])(dict(
                filename=str(path), start_index=0))['frame_inds']
        np.random.seed(seed)
        torch.testing.assert_close(
            run(pipeline, path),
            expected_views(frames, [clip], 1),
            rtol=0,
            atol=1e-5)
        drawn.add(tuple(clip))
    assert len(drawn) == 3
    # the clip is drawn as in training
    assert pipeline[1] == read(name).train_pipeline[1]


def test_views_of_the_host_are_one_base_away(render):
    path, _ = render(40, (320, 240))
    cfg = Config.fromfile(BASES / 'kinetics400_recognition_mmaction-views.py')
    types = [step.type for step in cfg.test_dataloader.dataset.pipeline[1:5]]
    assert types == ['SampleFrames', 'DecordDecode', 'Resize', 'ThreeCrop']
    assert run(cfg.test_pipeline, path).shape == (15, 3, 16, 224, 224)
    ours = read('kinetics400')
    for key in ('train_dataloader', 'val_dataloader'):
        assert cfg[key] == ours[key]


@pytest.mark.parametrize('name, repeats', [('kinetics400', 2), ('sthv2', 2),
                                           ('ucf101', 2), ('hmdb51', 1)])
def test_training_makes_neighbours_of_one_clip(render, name, repeats):
    path, _ = render(70, (320, 240))
    cfg = read(name)
    dataset = cfg.train_dataloader.dataset
    (path.parent / 'list.txt').write_text(f'{path.name} 2\n')
    dataset.ann_file = str(path.parent / 'list.txt')
    dataset.data_prefix.video = str(path.parent)
    with DefaultScope.overwrite_default_scope('mmaction'):
        samples = DATASETS.build(dataset)[0]
    assert len(samples) == repeats
    for sample in samples:
        assert sample['inputs'].shape == (1, 3, 16, 224, 224)
        assert sample['inputs'].dtype == torch.float32
        assert sample['data_samples'].gt_label.item() == 2
    for other in samples[1:]:
        assert not torch.equal(samples[0]['inputs'], other['inputs'])
    kinds = [step.type for step in dataset.pipeline]
    assert ('Flip' in kinds) == (name != 'sthv2')
    order = [
        'ClipRandAugment', 'ClipRandomResizedCrop', 'Flip', 'ClipRandomErasing'
    ]
    kinds = [kind.split('.')[-1] for kind in kinds]
    assert [k for k in kinds if k in order
            ] == [k for k in order if k != 'Flip' or name != 'sthv2']
