"""Several samples of a video from one decoding."""
from unittest import mock

import numpy as np
import pytest
from mmaction.datasets.repeat_aug_dataset import repeat_pseudo_collate
from mmaction.datasets.transforms import DecordDecode
from mmengine.dataset import pseudo_collate
from mmengine.registry import DefaultScope

from mvd_mm.datasets import RepeatedAugDataset

pytest.importorskip('decord')
SAMPLER = dict(
    type='mmaction.SampleFrames', clip_len=2, frame_interval=1, num_clips=1)


def darken(results):
    """Change frames in place, as some transforms do."""
    for img in results['imgs']:
        img //= 2
    return results


@pytest.fixture
def build(make_video, tmp_path):
    """Open a list of two videos of eight frames, frame i of grey 16 * i."""
    for name in 'ab':
        make_video(tmp_path / f'{name}.mp4', num_frames=8)

    def make(*steps,
             text='a.mp4 3\nb.mp4 1\n',
             reader='mmaction.DecordInit',
             sampler=SAMPLER,
             **options):
        (tmp_path / 'list.txt').write_text(text)
        pipeline = [
            dict(type=reader), sampler,
            dict(type='mmaction.DecordDecode'), *steps
        ]
        options = dict(
            dict(pipeline=pipeline, data_prefix=dict(video=str(tmp_path))),
            **options)
        with DefaultScope.overwrite_default_scope('mmaction'):
            return RepeatedAugDataset(str(tmp_path / 'list.txt'), **options)

    return make


def levels(sample):
    return np.round(sample['imgs'].mean((1, 2, 3)) / 16).astype(int)


@pytest.mark.parametrize('reader',
                         ['mmaction.DecordInit', 'mvd_mm.InMemoryDecordInit'])
@pytest.mark.parametrize('repeats', [1, 2, 3])
def test_each_repeat_shows_the_frames_it_drew(build, reader, repeats):
    dataset = build(reader=reader, num_repeats=repeats)
    seen = set()
    for _ in range(10):
        samples = dataset[0]
        assert len(samples) == repeats
        for sample in samples:
            assert sample['label'] == 3
            assert (levels(sample) == sample['frame_inds']).all()
            seen.add(tuple(sample['frame_inds']))
    assert len(seen) > 1


def test_frames_are_decoded_once_and_in_order(build):
    dataset = build(num_repeats=4)
    with mock.patch.object(
            DecordDecode,
            '_decord_load_frames',
            autospec=True,
            side_effect=DecordDecode._decord_load_frames) as decode:
        dataset[0]
    decode.assert_called_once()
    asked = decode.call_args.args[2]
    assert (np.diff(asked) > 0).all()


def test_sample_once_gives_all_repeats_the_same_frames_of_their_own(build):
    dataset = build(darken, sample_once=True, num_repeats=3)
    for _ in range(5):
        samples = dataset[0]
        assert len({tuple(s['frame_inds']) for s in samples}) == 1
        for sample in samples:  # halved once, not once per repeat
            expected = sample['frame_inds'] / 2
            assert np.abs(sample['imgs'].mean((1, 2, 3)) / 16 -
                          expected).max() < 0.2


def test_otherwise_repeats_draw_their_own(build):
    dataset = build(num_repeats=2)
    pairs = [[tuple(s['frame_inds']) for s in dataset[0]] for _ in range(20)]
    assert any(first != second for first, second in pairs)


def test_repeats_are_neighbours_in_the_batch(build):
    dataset = build(
        dict(type='mmaction.FormatShape', input_format='NCTHW'),
        dict(type='mmaction.PackActionInputs'),
        num_repeats=2)
    batch = repeat_pseudo_collate([dataset[0], dataset[1]])
    assert [s.gt_label.item() for s in batch['data_samples']] == [3, 3, 1, 1]
    assert [tuple(clip.shape)
            for clip in batch['inputs']] == [(1, 3, 2, 32, 32)] * 4


def test_broken_video_is_replaced_and_named(build, tmp_path, log_lines):
    (tmp_path / 'bad.mp4').write_bytes(b'no video' * 100)
    dataset = build(text='a.mp4 7\nbad.mp4 0\n', max_refetch=200)
    assert [s['label'] for s in dataset[1]] == [7, 7]
    assert log_lines and all('bad.mp4' in line for line in log_lines)


def test_replacements_are_bounded(build, tmp_path, log_lines):
    (tmp_path / 'bad.mp4').write_bytes(b'no video' * 100)
    dataset = build(text='bad.mp4 0\nbad.mp4 1\n', max_refetch=3)
    with pytest.raises(Exception, match='3'):
        dataset[0]


def test_empty_list_is_refused(build):
    with pytest.raises(ValueError, match='`ann_file`.*is empty'):
        build(text='')


@pytest.mark.parametrize('name, value', [
    ('num_repeats', 0),
    ('test_mode', True),
    ('pipeline', []),
    ('pipeline', [dict(type='mmaction.DecordInit'), SAMPLER, darken]),
])
def test_rejects_bad_arguments(build, name, value):
    with pytest.raises(ValueError, match=f'`{name}`'):
        build(**{name: value})


def test_rejects_a_misspelt_argument(build):
    with pytest.raises(TypeError, match='num_repeat'):
        build(num_repeat=2)


def test_names_the_function_that_must_make_batches(build):
    dataset = build(num_repeats=2)
    with pytest.raises(ValueError, match="type='repeat_pseudo_collate'"):
        pseudo_collate([dataset[0], dataset[1]])
