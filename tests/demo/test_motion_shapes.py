"""The video set: its classes need motion, its files are reproducible."""
import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2] / 'tools' / 'data' / 'motion_shapes'
SMALL = dict(size=(32, 32), num_train=26, num_val=12)


def load(name):
    """Import a script of the tool, which is no package."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(name)


classes = load('classes')
scenes = load('scenes')
settings = load('settings')
render = load('render')
PAIRS = range(0, len(classes.CLASSES), 2)


def clip(label, setting='easy', seed=0, num_frames=12):
    return scenes.render_clip(
        np.random.default_rng(seed), label, settings.SETTINGS[setting],
        (40, 32), num_frames)


def trajectory(coordinate, seed=0, num_frames=20):
    return classes.draw_trajectory(
        np.random.default_rng(seed), coordinate, num_frames)


class TestClasses:

    @pytest.mark.parametrize('setting', ['easy', 'hard'])
    @pytest.mark.parametrize('label', PAIRS)
    def test_a_pair_is_one_clip_played_forward_or_backward(
            self, label, setting):
        forward, backward = clip(label, setting), clip(label + 1, setting)
        assert (forward[::-1] == backward).all()
        assert (forward != backward).any()

    @pytest.mark.parametrize('setting', ['easy', 'hard'])
    def test_middle_frame_is_the_same_for_every_class(self, setting):
        # same draws, same state in the middle, whatever moves through it
        for seed in range(3):
            middle = clip(0, setting, seed, 13)[6].astype(int)
            for label in range(1, len(classes.CLASSES)):
                frames = clip(label, setting, seed, 13).astype(int)
                # a last bit of float32 may be another grey level
                assert np.abs(frames[6] - middle).max() <= 1
                assert np.abs(frames[0] - middle).max() > 20
                assert np.abs(frames[12] - middle).max() > 20

    @pytest.mark.parametrize('key', classes.FAMILIES)
    def test_one_coordinate_grows_steadily_and_the_others_rest(self, key):
        slow, fast = classes.TRAVEL[key]
        travels = []
        for seed in range(50):
            states = trajectory(key, seed)
            for name, values in states.items():
                assert values.shape == (20, )
                steps = np.diff(values)
                if name == key:
                    assert steps.min() > 0
                    assert np.ptp(steps) < 1e-9
                else:
                    assert (steps == 0).all()
            travels.append(np.ptp(states[key]))
        assert slow <= min(travels) < slow + .2 * (fast - slow)
        assert fast >= max(travels) > fast - .2 * (fast - slow)

    @pytest.mark.parametrize('num_frames', [2, 20, 21])
    @pytest.mark.parametrize('key', classes.FAMILIES)
    def test_travel_is_symmetric_around_one_middle(self, key, num_frames):
        # the mean over time is the middle, the same for every coordinate
        expected = trajectory('x', 7, num_frames)
        for name, values in trajectory(key, 7, num_frames).items():
            assert values.mean() == pytest.approx(expected[name].mean())
            np.testing.assert_allclose(values + values[::-1],
                                       2 * values.mean())

    def test_objects_stay_mostly_inside(self):
        outside = []
        for key in classes.FAMILIES:
            for seed in range(200):
                state = trajectory(key, seed)
                for way, centre in ((np.cos, 'x'), (np.sin, 'y')):
                    place = (
                        state[centre] +
                        state['radius'] * way(state['bearing']))
                    outside.append(np.maximum(-place, place - 1))
        # of the centre; those that travel are about three times that long
        farthest = (
            classes.CENTRE[1] + classes.TRAVEL['x'][1] / 2 +
            classes.RADIUS[1] - 1)
        assert .1 < np.max(outside) < farthest < .18
        assert np.mean(np.array(outside) > 0) < .02

    def test_one_background_of_a_camera_that_stands_still_is_all_of_them(self):
        grid = np.random.default_rng(1).random((2, 1, 8, 9), dtype=np.float32)
        once, each = (
            scenes.draw_background(
                np.random.default_rng(0), seen, 5, settings.SETTINGS['easy'])
            for seen in (grid, np.repeat(grid, 5, axis=1)))
        assert once.shape == (5, 8, 9, 3)
        assert (once == each).all()

    def test_texture_is_the_bilinear_blend_of_its_nodes(self):
        objects = load('objects')
        nodes = np.random.default_rng(0).random((3, 3, 3), dtype=np.float32)
        ends = np.float32([-1, 0, 1])
        u, v = np.meshgrid(ends, ends)
        np.testing.assert_allclose(objects.blend(nodes, u, v), nodes)
        half, quarter = np.float32([.5]), np.float32([-.25])
        expected = (.5 * (.25 * nodes[0, 1] + .75 * nodes[1, 1]) + .5 *
                    (.25 * nodes[0, 2] + .75 * nodes[1, 2]))
        np.testing.assert_allclose(
            objects.blend(nodes, half, quarter)[0], expected, rtol=1e-6)
        # beyond its edges the outermost colours go on
        np.testing.assert_allclose(
            objects.blend(nodes, 3 * half, -8 * half)[0], nodes[0, 2])

    @pytest.mark.parametrize('label, corner', [(4, 1), (5, -1)])
    def test_clockwise_is_as_seen_on_the_screen(self, label, corner):
        # two blobs at the ends of a bar: the right end turns down (y grows)
        coordinate, backward = classes.split_label(label)
        state = trajectory(coordinate)
        angle = state['angle'][::-1] if backward else state['angle']
        frame = np.zeros((20, 64, 64, 3), dtype=np.float32)
        grid = np.stack(np.meshgrid(*[(np.arange(64) + .5) / 64] * 2))
        objects = load('objects')
        # green at the end that points right in the first frame
        texture = np.zeros((2, 2, 3), dtype=np.float32)
        texture[:, 1, 1] = 1
        look = objects.Look(texture, 4., -angle[0], np.inf, 0.)
        objects.paint(
            frame, grid.astype(np.float32), look,
            dict(
                x=np.full(20, .5),
                y=np.full(20, .5),
                angle=angle,
                size=np.full(20, .3)))
        weight = frame[3, ..., 1]
        assert corner * ((weight * grid[1]).sum() / weight.sum() - .5) > .01

    @pytest.mark.parametrize('name, key, backward', [
        ('move_right', 'x', False),
        ('move_left', 'x', True),
        ('move_down', 'y', False),
        ('move_up', 'y', True),
        ('rotate_clockwise', 'angle', False),
        ('rotate_counterclockwise', 'angle', True),
        ('grow', 'log_size', False),
        ('shrink', 'log_size', True),
        ('orbit_clockwise', 'bearing', False),
        ('orbit_counterclockwise', 'bearing', True),
    ])
    def test_each_name_tells_what_moves_where(self, name, key, backward):
        label = classes.CLASSES.index(name)
        assert classes.split_label(label) == (key, backward)

    def test_there_are_ten(self):
        assert len(set(classes.CLASSES)) == 10
        assert settings.describe()['classes'] == list(classes.CLASSES)
        assert settings.describe()['chance'] == .1

    def test_labels_are_balanced_and_shuffled(self):
        labels = [classes.label_of(0, 0, k) for k in range(120)]
        assert (np.bincount(labels, minlength=10) == 12).all()
        assert labels[:10] != labels[10:20]

    def test_rejects_a_label_that_does_not_exist(self):
        with pytest.raises(ValueError, match='label'):
            classes.split_label(10)


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    out = tmp_path_factory.mktemp('set') / 'videos'
    render.render(out, settings.describe(**SMALL), workers=1)
    return out


class TestRender:

    def test_any_number_of_workers_writes_the_same_bytes(
            self, videos, tmp_path):
        render.render(tmp_path, settings.describe(**SMALL), workers=2)
        names = sorted(p.relative_to(videos) for p in videos.rglob('*.*'))
        assert len(names) == 26 + 12 + 4
        for name in names:
            assert (tmp_path / name).read_bytes() == (videos /
                                                      name).read_bytes(), name

    def test_a_clip_does_not_depend_on_how_many_there_are(self):
        few = settings.describe(size=(32, 32), num_train=1, num_val=1)
        many = settings.describe(size=(32, 32))
        assert (render.draw_frames(few, 'train',
                                   0) == render.draw_frames(many, 'train',
                                                            0)).all()

    def test_no_two_clips_share_a_scene(self):
        meta = settings.describe(size=(32, 32))
        seen = {
            render.draw_frames(meta, split, k)[0].tobytes()
            for split in render.SPLITS
            for k in range(20)
        }
        assert len(seen) == 40

    def test_decord_reads_what_was_drawn(self, videos):
        decord = pytest.importorskip('decord')
        for line in (videos / 'val.txt').read_text().splitlines():
            name, label = line.split(' ')
            assert 0 <= int(label) < 10
            reader = decord.VideoReader(str(videos / name), num_threads=1)
            frames = reader.get_batch(range(20)).asnumpy().astype(float)
            drawn = render.draw_frames(
                json.loads((videos / 'meta.json').read_text()), 'val',
                int(Path(name).stem))
            assert np.abs(frames - drawn).mean() < 12  # grey levels

    def test_second_call_does_nothing(self, videos):
        before = (videos / 'train' / '000000.mp4').stat().st_mtime_ns
        assert render.render(videos, settings.describe(**SMALL)) == 0
        assert (videos / 'train' / '000000.mp4').stat().st_mtime_ns == before

    def test_interrupted_rendering_is_completed(self, tmp_path):
        meta = settings.describe(size=(32, 32), num_train=3, num_val=2)
        render.claim(tmp_path / 'a', meta)  # begun, nothing rendered yet
        (tmp_path / 'a' / 'train').mkdir()
        (tmp_path / 'a' / 'train' / '000001.7.part.mp4').write_bytes(b'half')
        assert render.render(tmp_path / 'a', meta, workers=1) == 5
        (tmp_path / 'a' / 'val' / '000001.mp4').unlink()
        assert render.render(tmp_path / 'a', meta, workers=1) == 1
        assert len(list((tmp_path / 'a').rglob('*.mp4'))) == 5

    def test_refuses_a_set_of_other_parameters(self, videos):
        with pytest.raises(ValueError, match='other parameters'):
            render.render(videos, settings.describe(seed=1, **SMALL))

    def test_refuses_a_folder_with_other_files(self, tmp_path):
        (tmp_path / 'thesis.txt').write_text('mine')
        with pytest.raises(ValueError, match='empty or a new folder'):
            render.render(tmp_path, settings.describe(**SMALL))
        assert [p.name for p in tmp_path.iterdir()] == ['thesis.txt']

    @pytest.mark.parametrize('wrong, name', [
        (dict(setting='medium'), 'setting'),
        (dict(size=(33, 32)), 'size'),
        (dict(size=(48, 48)), 'decord'),
        (dict(num_frames=1), 'num_frames'),
        (dict(num_val=0), 'num_val'),
        (dict(seed=-1), 'seed'),
    ])
    def test_rejects_parameters_out_of_range(self, wrong, name):
        with pytest.raises(ValueError, match=name):
            settings.describe(**wrong)

    def test_command_line_writes_the_sheet(self, videos, tmp_path, capsys):
        render.main([
            '--out',
            str(videos), '--size', '32x32', '--num-train', '26', '--num-val',
            '12', '--sheet',
            str(tmp_path / 'sheet.png')
        ])
        assert 'nothing to do' in capsys.readouterr().out
        assert (tmp_path / 'sheet.png').stat().st_size > 10000

    def test_single_frame_prints_its_accuracies(self, videos, capsys):
        load('single_frame').main(
            ['--videos', str(videos), '--frames', '0', '10'])
        first, second = capsys.readouterr().out.splitlines()
        assert first.startswith('frame 0: linear ')
        assert second.startswith('frame 10: linear ')
        assert 'chance 10.0% +- 8.7%' in first
