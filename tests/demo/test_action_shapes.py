"""The rendered detection set: labels, boxes and files agree."""
import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
from mmaction.datasets import AVADataset

ROOT = Path(__file__).parents[2] / 'tools' / 'data'
SMALL = dict(size=(64, 32), num_train=3, num_val=2)


def load(name):
    """Import a script of the tools, which are no packages."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(name)


render = load('action_shapes.render')
actors = load('action_shapes.actors')
formats = load('ava.formats')
validator = load('ava.validate')


def scenes(number=40):
    meta = render.describe()
    return [render.draw_scene(meta, 'train', k)[0] for k in range(number)]


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp('set') / 'shapes'
    assert render.render(out, render.describe(**SMALL), workers=1) == 5
    return out


class TestActors:

    @pytest.mark.parametrize('key', actors.MOTIONS)
    def test_labels_tell_how_each_coordinate_moves(self, key):
        grows, falls = actors.MOTIONS[key]
        slow, fast = actors.SPEED[key]
        seen = set()
        for actor in sum(scenes(), []):
            steps = np.diff(actor.states[key]) * render.FPS  # a second
            way = (grows in actor.actions) - (falls in actor.actions)
            seen.add(way)
            if way == 0:
                assert (steps == 0).all()
            else:
                assert slow - 1e-9 <= (way * steps).min()
                assert (way * steps).max() <= fast + 1e-9
        assert seen == {-1, 0, 1}

    def test_looks_agree_with_their_labels(self):
        for actor in sum(scenes(), []):
            assert ('round' in actor.actions) == (actor.look.power == 2)
            assert ('striped' in actor.actions) == (actor.look.stripes > 0)

    def test_actors_are_several_and_do_several_things(self):
        every = scenes(100)
        assert np.mean([len(x) > 1 for x in every]) > .85
        counts = [len(x.actions) for x in sum(every, [])]
        assert min(counts) == 1 and np.mean(np.array(counts) > 1) > .3

    def test_every_action_is_about_as_frequent(self):
        every = sum(scenes(300), [])
        share = [
            np.mean([name in x.actions for x in every])
            for name in actors.ACTIONS
        ]
        assert len(share) == 10 and .09 < min(share) and max(share) < .27

    def test_boxes_stay_inside_and_apart(self):
        for scene in scenes():
            boxes = np.stack([x.boxes() for x in scene])  # (N, T, 4)
            assert boxes.min() >= 0
            assert boxes[..., 2].max() <= 1.5 and boxes[..., 3].max() <= 1
            for k, one in enumerate(boxes):
                for other in boxes[k + 1:]:
                    assert actors._overlap(one, other) <= actors.APART

    @pytest.mark.parametrize('power', [2, np.inf])
    def test_box_is_the_tight_one_of_what_is_painted(self, power):
        side = 200
        grid = np.stack(np.meshgrid(*[(np.arange(side) + .5) / side] *
                                    2)).astype('f')
        white = np.ones((2, 2, 3), dtype=np.float32)
        look = actors.Look(white, 1.6, .4, power, 0.)
        states = dict(x=.5, y=.4, angle=.3, log_size=np.log(.5))
        actor = actors.Actor((), look, {
            k: np.full(1, v)
            for k, v in states.items()
        })
        frame = np.zeros((1, side, side, 3), dtype=np.float32)
        render.paint(frame, grid, look, actor.pose())
        rows, columns = np.nonzero(frame[0, ..., 0] > .5)
        painted = np.array(
            [columns.min(),
             rows.min(),
             columns.max() + 1,
             rows.max() + 1]) / side
        np.testing.assert_allclose(actor.boxes()[0], painted, atol=2 / side)


class TestRender:

    def test_any_number_of_workers_writes_the_same_bytes(
            self, folder, tmp_path):
        render.render(tmp_path / 'b', render.describe(**SMALL), workers=2)
        # meta.json and the options name the folder itself
        names = sorted(
            path.relative_to(folder) for path in folder.rglob('*.*')
            if path.suffix not in (
                '.json', ) and path.name != 'cfg_options.txt')
        assert len(names) == 5 + 3 + 7
        for name in names:
            assert (tmp_path / 'b' /
                    name).read_bytes() == (folder / name).read_bytes(), name

    def test_another_seed_gives_other_scenes(self):
        frames = [
            render.draw_frames(render.describe(seed=s, **SMALL), 'val', 0)
            for s in (0, 0, 1)
        ]
        assert (frames[0] == frames[1]).all()
        assert (frames[0] != frames[2]).any()

    def test_validator_is_silent(self, folder):
        assert validator.validate(
            validator.splits_of_set(folder / 'annotations')) == []

    def test_ava_dataset_reads_true_boxes_and_labels(self, folder):
        data = AVADataset(
            str(folder / 'annotations/train.csv'),
            pipeline=[],
            exclude_file=str(folder /
                             'annotations/train_excluded_timestamps.csv'),
            label_file=str(folder / 'annotations/action_list.pbtxt'),
            proposal_file=str(folder / 'annotations/train_proposals.pkl'),
            num_classes=11,
            fps=10,
            timestamp_start=0,
            timestamp_end=3,
            use_frames=False)
        assert len(data) == 3 * 2
        meta = render.describe(**SMALL)
        for k in range(6):
            info = data.get_data_info(k)
            index, stamp = int(info['video_id'][-5:]), info['timestamp']
            scene, _ = render.draw_scene(meta, 'train', index)
            boxes = np.stack([x.boxes()[stamp * 10] for x in scene])
            np.testing.assert_allclose(
                info['gt_bboxes'] * [2, 1, 2, 1], boxes, atol=1e-3)
            labels = [[name in x.actions for name in actors.ACTIONS]
                      for x in scene]
            np.testing.assert_array_equal(info['gt_labels'][:, 1:], labels)

    def test_interrupted_rendering_is_completed_and_then_left_alone(
            self, folder, tmp_path):
        meta = render.describe(**SMALL)
        render.claim(tmp_path / 'c', meta)  # begun, nothing rendered yet
        assert render.render(tmp_path / 'c', meta, workers=1) == 5
        assert render.render(tmp_path / 'c', meta, workers=1) == 0
        assert (tmp_path / 'c/train_boxes.csv').read_text() == (
            folder / 'train_boxes.csv').read_text()

    @pytest.mark.parametrize('wrong, name', [
        (dict(size=(33, 32)), 'size'),
        (dict(size=(48, 64)), 'decord'),
        (dict(num_val=0), 'num_val'),
        (dict(max_actors=1), 'max_actors'),
        (dict(seed=-1), 'seed'),
    ])
    def test_rejects_parameters_out_of_range(self, wrong, name):
        with pytest.raises(ValueError, match=name):
            render.describe(**wrong)

    def test_refuses_a_set_of_other_parameters(self, folder):
        with pytest.raises(ValueError, match='other parameters'):
            render.render(folder, render.describe(seed=1, **SMALL))
