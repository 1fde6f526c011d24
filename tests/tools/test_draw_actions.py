"""Persons and actions are drawn where and when they are."""
import importlib
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
DETECTION = ROOT / 'configs' / '_base_'


def load(name):
    """Import a script of the tools, which are no packages."""
    for path in (ROOT / 'tools' / 'data', ROOT / 'tools' / 'visualizations'):
        if str(path) not in sys.path:
            sys.path.insert(0, str(path))
    return importlib.import_module(name)


boxes = load('action_boxes')
videos = load('action_video')
draw = load('draw_actions')
show = load('show_ava')
builder = load('ava.build_annotations')
formats = load('ava.formats')
HEADER = 'video,time,x1,y1,x2,y2,action\n'


def person(x, colour=0, actions=(('walk', .5), )):
    return boxes.Person(np.array([x, .2, x + .2, .8]), actions, colour)


def frames_of(path):
    return np.stack(list(videos.read_frames(path)))


@pytest.fixture
def annotated(make_video, tmp_path):
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40, size=(64, 64))
    (tmp_path / 'one.csv').write_text(HEADER + 'a,1,0,0,32,32,walk;wave\n'
                                      'a,2,16,16,48,48,sit\n')
    (tmp_path / 'two.csv').write_text(HEADER + 'b,1,0,0,32,32,walk\n')
    builder.build(tmp_path / 'v', tmp_path / 'one.csv', tmp_path / 'out',
                  tmp_path / 'two.csv')
    return tmp_path


class TestDrawPersons:

    def test_small_frames_are_enlarged_and_the_input_is_kept(self):
        frame = np.full((64, 96, 3), 90, dtype=np.uint8)
        drawn = boxes.draw_persons(frame, [person(.3)], 'a')
        assert drawn.shape == (480, 720, 3) and (frame == 90).all()

    def test_box_stands_where_the_person_is(self):
        frame = np.full((480, 480, 3), 90, dtype=np.uint8)
        drawn = boxes.draw_persons(frame, [person(.3, actions=())])
        changed = np.argwhere((drawn != 90).any(axis=-1))
        low, high = changed.min(axis=0), changed.max(axis=0)
        np.testing.assert_allclose(low, [.2 * 480, .3 * 480], atol=6)
        np.testing.assert_allclose(high, [.8 * 480, .5 * 480], atol=6)

    def test_a_higher_score_has_a_longer_bar(self):
        frame = np.full((480, 480, 3), 90, dtype=np.uint8)

        def bar(score):
            drawn = boxes.draw_persons(frame,
                                       [person(.3, 2, (('walk', score), ))])
            # colour 2 is green; below the text's blue-white it is alone
            return int(((drawn[..., 1].astype(int) - drawn[..., 2])
                        > 60).sum())

        assert bar(.1) < bar(.5) < bar(1.)

    @pytest.mark.parametrize('x, y', [(0, 0), (.8, 0), (0, .4), (.8, .4)])
    def test_texts_at_the_edges_stay_inside(self, x, y):
        frame = np.full((480, 480, 3), 90, dtype=np.uint8)
        one = boxes.Person(
            np.array([x, y, x + .2, y + .6]),
            tuple((f'a long name of action {k}', .5) for k in range(9)), 0)
        drawn = boxes.draw_persons(frame, [one])
        assert drawn.shape == frame.shape and (drawn != frame).mean() > .1


class TestFollow:

    def test_overlapping_boxes_keep_their_colour(self):
        keys = {
            0: [person(.1), person(.6)],
            10: [person(.62), person(.12),
                 person(.35)]
        }
        colours = [[x.colour for x in found]
                   for found in videos.follow(keys).values()]
        assert colours == [[0, 1], [1, 0, 2]]

    def test_boxes_glide_between_key_frames(self):
        keys = {10: [person(.2)], 20: [person(.4)]}
        for frame, x in ((10, .2), (13, .26), (18, .36), (20, .4)):
            found, = videos.persons_at(keys, frame, 5)
            np.testing.assert_allclose(found.box, [x, .2, x + .2, .8])

    @pytest.mark.parametrize('frame, shown', [(4, 0), (5, 1), (15, 1),
                                              (16, 0)])
    def test_a_lone_key_frame_speaks_for_half_a_second(self, frame, shown):
        assert len(videos.persons_at({10: [person(.2)]}, frame, 5)) == shown


class TestShowAva:

    def test_annotations_are_drawn_around_their_key_frames(
            self, annotated, capsys):
        show.main([
            '--set',
            str(annotated / 'out'), '--video', 'a', '--out',
            str(annotated / 'a.mp4')
        ])
        # from half a second before second 1 to half a second after second 2
        assert '40 frames, 21 of them with boxes' in capsys.readouterr().out
        frames = frames_of(annotated / 'a.mp4').astype(int)
        plain = frames_of(annotated / 'v/a.mp4').astype(int)
        assert frames.shape == (40, 480, 480, 3)
        # the first person's right edge, at x = 32 of 64 pixels
        edge = np.abs(frames[:, 150:200, 238:243] -
                      plain[:, :1, :1]).max(axis=(1, 2, 3))
        assert edge[10] > 60 > 30 > edge[0]

    def test_unknown_video_is_refused_with_those_there_are(self, annotated):
        with pytest.raises(SystemExit, match="`video` 'z'.*'a'"):
            show.main([
                '--set',
                str(annotated / 'out'), '--video', 'z', '--out',
                str(annotated / 'z.mp4')
            ])


class TestDrawActions:

    @pytest.fixture
    def config(self, annotated):
        pytest.importorskip('mmcv.ops')
        options = (annotated / 'out/cfg_options.txt').read_text().split()
        path = annotated / 'cfg.py'
        path.write_text(f'''
_base_ = [{str(DETECTION / 'models/vit-base-p16_ava.py')!r},
          {str(DETECTION / 'datasets/ava22_video.py')!r},
          {str(DETECTION / 'default_runtime.py')!r}]
model = dict(
    backbone=dict(img_size=32, embed_dims=32, depth=1, num_heads=2,
                  num_frames=4),
    roi_head=dict(bbox_head=dict(in_channels=32)))
''')
        return path, options

    def arguments(self, root, config):
        import torch
        from mmaction.registry import MODELS
        from mmengine.config import Config, DictAction

        import mvd_mm  # noqa: F401
        path, options = config
        # a small frame and a short clip
        cfg = Config.fromfile(path)
        for part in ('train', 'val', 'test'):
            for step in cfg[f'{part}_dataloader'].dataset.pipeline:
                if 'SampleAVA' in step['type']:
                    step.update(clip_len=4, frame_interval=2)
                if step['type'] == 'Resize':
                    step['scale'] = (-1, 32)
        parsed = {}
        for option in options:
            key, value = option.split('=', 1)
            parsed[key] = DictAction._parse_iterable(value)
        cfg.merge_from_dict(parsed)
        cfg.dump(str(root / 'full.py'))
        from mmengine.registry import init_default_scope
        init_default_scope('mmaction')
        model = MODELS.build(dict(cfg.model))
        with torch.no_grad():
            # class 2 (of 1 to 3) is certain, whatever the picture
            model.roi_head.bbox_head.fc_cls.bias.copy_(
                torch.tensor([-9., 9., -9.]))
        torch.save(
            dict(state_dict=model.state_dict()), str(root / 'weights.pth'))
        return [str(root / 'full.py'), str(root / 'weights.pth')]

    def test_actions_of_given_persons_are_drawn(self, annotated, config,
                                                capsys):
        arguments = self.arguments(annotated, config)
        formats.write_proposals(
            annotated / 'p.pkl', {
                'a,0002':
                np.array([[0, 0, .5, .5, .9], [.5, .5, 1, 1, .8],
                          [.5, 0, 1, .5, .2]])
            })
        found = {}
        original = draw.draw_video
        draw.draw_video = lambda video, keys, *rest: (found.update(
            keys), original(video, keys, *rest))[1]
        try:
            draw.main([
                *arguments, '--video',
                str(annotated / 'v/a.mp4'), '--out',
                str(annotated / 'a.mp4'), '--proposals',
                str(annotated / 'p.pkl')
            ])
        finally:
            draw.draw_video = original
        assert sorted(found) == [10, 20, 30] and not found[10] + found[30]
        # the person of score 0.2 is below the threshold
        assert [x.actions[0][0] for x in found[20]] == ['walk', 'walk']
        # action probability x person score
        assert [x.actions[0][1] for x in found[20]] == pytest.approx([.9, .8],
                                                                     abs=.01)
        assert '40 frames, 10 of them' in capsys.readouterr().out
        assert cv2.VideoCapture(str(annotated / 'a.mp4')).get(7) == 40

    def test_weights_that_do_not_fit_are_refused(self, annotated, config):
        import torch
        arguments = self.arguments(annotated, config)
        torch.save(dict(state_dict={'x': torch.zeros(1)}), arguments[1])
        formats.write_proposals(annotated / 'p.pkl',
                                {'a,0002': np.array([[0, 0, .5, .5, .9]])})
        with pytest.raises(SystemExit, match='does not fit'):
            draw.main([
                *arguments, '--video',
                str(annotated / 'v/a.mp4'), '--out',
                str(annotated / 'a.mp4'), '--proposals',
                str(annotated / 'p.pkl')
            ])

    @pytest.mark.parametrize('more, words', [
        ((), 'either `proposals` or `detector_config`'),
        (('--detector-config', 'x.py'), '`detector_checkpoint`'),
        (('--proposals', 'p.pkl'), 'no key "a,SECOND"'),
    ])
    def test_persons_need_one_source(self, annotated, monkeypatch, more,
                                     words):
        monkeypatch.chdir(annotated)
        formats.write_proposals(Path('p.pkl'), {'b,0001': np.ones((1, 5))})
        Path('cfg.py').write_text('')
        with pytest.raises(SystemExit, match=words):
            draw.main([
                'cfg.py', 'weights.pth', '--video', 'v/a.mp4', '--out',
                'o.mp4', *more
            ])
