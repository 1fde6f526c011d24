"""Frames and crops that the pre-training configs draw."""
import json
import random
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.registry import TRANSFORMS, DefaultScope

ROOT = Path(__file__).parents[2]
DATA = ROOT / 'tests' / 'data'
CLIPS = json.loads(
    (DATA /
     'frame_indices.json').read_text())['pretrain_clip_given_offset']['rows']
CROPS = json.loads((DATA / 'crops.json').read_text())['multi_scale_crop_xywh']


def transform(name):
    """Build a step of the Kinetics-400 pipeline."""
    cfg = Config.fromfile(ROOT / 'configs' / '_base_' / 'datasets' /
                          'kinetics400_mvd.py')
    step, = (s for s in cfg.train_pipeline if s.type.endswith(name))
    with DefaultScope.overwrite_default_scope('mmaction'):
        return TRANSFORMS.build(step)


def draw_clips(num_frames, number):
    sampling = transform('SampleFrames')
    return [
        sampling.transform(dict(total_frames=num_frames,
                                start_index=0))['frame_inds'].tolist()
        for _ in range(number)
    ]


@pytest.mark.parametrize('key', CLIPS)
def test_clip_is_the_published_one(key):
    num_frames, offset = map(int, key.split(','))
    # 4000 draws from 237 offsets miss a given one once in 20 million times
    drawn = {
        clip[0]: clip
        for clip in draw_clips(num_frames, 4000 if num_frames > 64 else 20)
    }
    assert drawn[offset] == CLIPS[key]
    assert max(drawn) == max(num_frames - 64, 0)


def test_offsets_are_uniform_between_0_and_the_last_that_fits():
    number = 23700
    offsets = [clip[0] for clip in draw_clips(300, number)]
    counts = np.bincount(offsets, minlength=237)
    assert len(counts) == 237  # 300 - 64 + 1
    # 5 standard errors of a binomial of probability 1 / 237
    deviation = np.abs(counts - number / 237)
    assert deviation.max() < 5 * (number / 237)**0.5


@pytest.mark.parametrize('key', CROPS)
def test_crops_are_the_published_ones(key):
    random.seed(0)
    width, height = map(int, key.split('->')[0].split('x'))
    crop = transform('MultiScaleCrop')
    drawn = set()
    for _ in range(5000):
        results = crop.transform(dict(img_shape=(height, width)))
        left, top, right, bottom = results['crop_bbox'].tolist()
        drawn.add((left, top, right - left, bottom - top))
    assert drawn == set(map(tuple, CROPS[key]))
