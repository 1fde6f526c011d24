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


def clip(label, setting='easy', seed=0):
    return scenes.render_clip(
        np.random.default_rng(seed), label, settings.SETTINGS[setting],
        (40, 32), 12)


class TestClasses:

    @pytest.mark.parametrize('setting', ['easy', 'hard'])
    @pytest.mark.parametrize('label', PAIRS)
    def test_a_pair_is_one_clip_played_forward_or_backward(
            self, label, setting):
        forward, backward = clip(label, setting), clip(label + 1, setting)
        assert (forward[::-1] == backward).all()
        assert (forward != backward).any()

    def test_first_frame_is_the_same_for_every_forward_class(self):
        # same draws, same first state, whatever coordinate moves then
        first = clip(0)[0]
        for label in PAIRS:
            assert (clip(label)[0] == first).all()
            assert (clip(label)[5] != first).any()

    def test_no_frame_tells_the_class_by_its_state(self):
        num_clips, num_frames = 3000, 20
        rng = np.random.default_rng(0)
        states = np.array([[
            list(classes.draw_trajectory(rng, key, num_frames).values())
            for _ in range(num_clips)
        ] for key in classes.FAMILIES])  # (family, clip, coordinate, T)
        for moment in (states, states**2):
            mean = moment.mean(axis=1)[..., [0, 6, 13, 19]]
            error = (moment.std(axis=1) / num_clips**.5)[..., [0, 6, 13, 19]]
            expected = mean[..., :1].mean(axis=0)
            # angles grow without bound, though the picture is periodic
            kept = [0, 1, 3, 5]
            gap = (np.abs(mean - expected) / error)[:, kept]
            assert gap.max() < 4.5  # standard errors, about 200 comparisons
        angles = states[:, :, [2, 4]]
        for wave in (np.cos(angles), np.sin(angles)):
            assert np.abs(wave.mean(axis=1)).max() < 4.5 / num_clips**.5

    def test_objects_stay_mostly_inside(self):
        rng = np.random.default_rng(0)
        for key in classes.FAMILIES:
            for _ in range(100):
                state = classes.draw_trajectory(rng, key, 20)
                offset = state['distance'] / 2
                for way in (np.cos, np.sin):
                    for centre in (state['x'], state['y']):
                        end = offset * way(state['bearing'])
                        assert (centre - np.abs(end)).min() > 0
                        assert (centre + np.abs(end)).max() < 1

    @pytest.mark.parametrize('label, corner', [(4, 1), (5, -1)])
    def test_clockwise_is_as_seen_on_the_screen(self, label, corner):
        # two blobs at the ends of a bar: the right end turns down (y grows)
        coordinate, backward = classes.split_label(label)
        state = classes.draw_trajectory(
            np.random.default_rng(0), coordinate, 20)
        angle = state['angle'][::-1] if backward else state['angle']
        frame = np.zeros((20, 64, 64, 3), dtype=np.float32)
        grid = np.stack(np.meshgrid(*[(np.arange(64) + .5) / 64] * 2))
        objects = load('objects')
        look = objects.Look(np.eye(3)[[0, 1, 2]], 4., -angle[0], np.inf, 0.)
        objects.paint(
            frame, grid.astype(np.float32), look,
            dict(
                x=np.full(20, .5),
                y=np.full(20, .5),
                angle=angle,
                size=np.full(20, .3)))
        # green marks the end that points right in the first frame
        weight = frame[3, ..., 1]
        assert corner * ((weight * grid[1]).sum() / weight.sum() - .5) > .01

    def test_move_right_moves_right(self):
        state = classes.draw_trajectory(np.random.default_rng(1), 'x', 20)
        steps = np.diff(state['x'])
        assert (steps > 0).sum() >= 17  # all but where the loop starts over

    def test_labels_are_balanced_and_shuffled(self):
        labels = [classes.label_of(0, 0, k) for k in range(120)]
        assert (np.bincount(labels) == 10).all()
        assert labels[:12] != labels[12:24]

    def test_rejects_a_label_that_does_not_exist(self):
        with pytest.raises(ValueError, match='label'):
            classes.split_label(12)


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
            assert 0 <= int(label) < 12
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
