"""The set: lists agree, and nothing of the held-out clips is trained on."""
import json

import numpy as np

from demo.findings import options, video_set
from demo.findings.plan import TASKS
from demo.findings.scenes import draw_labels


def read(path):
    return [line.split() for line in path.read_text().splitlines()]


def test_lists_of_the_tasks_agree_with_the_joint_one(tmp_path):
    meta = video_set.describe(2, 20, 5)
    assert video_set.render(tmp_path, meta, workers=1) == 25
    for split, number in (('train', 20), ('val', 5)):
        joint = read(tmp_path / f'{split}.txt')
        assert len(joint) == number
        parts = [read(tmp_path / f'{split}_{task}.txt') for task in TASKS]
        for (name, pair), *singles in zip(joint, *parts):
            assert [single[0] for single in singles] == [name, name]
            assert divmod(int(pair),
                          4) == tuple(int(label) for _, label in singles)
            assert (tmp_path / name).is_file()
    assert json.loads((tmp_path / 'meta.json').read_text()) == meta
    assert video_set.render(tmp_path, meta, workers=1) == 0


def test_no_scene_is_in_two_clips():
    meta = video_set.describe(0)
    first = [
        video_set.draw_frames(meta, split, index)[0]
        for split in ('train', 'val') for index in range(24)
    ]
    small = np.stack(first)[:, ::8, ::8].reshape(48, -1).astype(float)
    apart = np.abs(small[:, None] - small[None]).mean(2) + 999 * np.eye(48)
    assert apart.min() > 5  # grey levels: all differ everywhere


def test_a_clip_depends_on_seed_split_and_number_alone():
    few, many = video_set.describe(3, 1, 1), video_set.describe(3)
    assert (video_set.draw_frames(few, 'val',
                                  0) == video_set.draw_frames(many, 'val',
                                                              0)).all()
    other = video_set.draw_frames(video_set.describe(4), 'val', 0)
    assert (video_set.draw_frames(few, 'val', 0) != other).any()


def test_few_labels_are_of_training_clips_and_balanced(tmp_path):
    found = options.finetuning_options('motion', tmp_path, smoke=False)
    number = found['train_dataloader.dataset.indices']
    assert found['train_dataloader.dataset.ann_file'].name == (
        'train_motion.txt')
    assert found['val_dataloader.dataset.ann_file'].name == 'val_motion.txt'
    pairs = [draw_labels(0, 0, index) for index in range(number)]
    assert {pairs.count(pair) for pair in set(pairs)} == {number // 16}
