"""Training samples of detection: the boxes that the network is given."""
import cv2
import numpy as np
import pytest
from mmengine.config import Config

from demo.action_shapes.parameters import describe
from demo.action_shapes.render import render
from mvd_mm.apis import training_samples
from mvd_mm.apis.training_samples import draw_samples
from mvd_mm.datasets.ava.formats import read_label_list
from mvd_mm.visualization.action_boxes import Person


@pytest.fixture
def detection_config(tmp_path):
    """A config of detection, whole frames of 96 x 64, two rendered videos."""
    pytest.importorskip('mmdet')
    render(tmp_path / 'set', describe(num_train=2, num_val=1), workers=1)
    notes = tmp_path / 'set' / 'annotations'
    cfg = Config(
        dict(
            train_dataloader=dict(
                batch_size=2,
                num_workers=1,
                sampler=dict(type='DefaultSampler', shuffle=True),
                dataset=dict(
                    type='mvd_mm.AVAClipDataset',
                    ann_file=str(notes / 'train.csv'),
                    label_file=str(notes / 'action_list.pbtxt'),
                    data_prefix=dict(img=str(tmp_path / 'set' / 'videos')),
                    use_frames=False,
                    num_classes=11,
                    fps=10,
                    timestamp_start=0,
                    timestamp_end=3,
                    pipeline=[
                        dict(
                            type='SampleAVAFrames',
                            clip_len=8,
                            frame_interval=2),
                        dict(type='DecordInit'),
                        dict(type='mvd_mm.AVAVideoFrames'),
                        dict(type='DecordDecode'),
                        dict(
                            type='FormatShape',
                            input_format='NCTHW',
                            collapse=True),
                        dict(type='PackActionInputs')
                    ]))))
    cfg.dump(str(tmp_path / 'detection.py'))
    return tmp_path / 'detection.py', notes


def test_boxes_and_actions_are_on_the_key_frame(detection_config, tmp_path,
                                                monkeypatch):
    config, notes = detection_config
    persons, rows = [], []
    draw, save = training_samples.draw_persons, training_samples.save_rows
    monkeypatch.setattr(
        training_samples, 'draw_persons', lambda frame, found: (persons.append(
            (frame, found)), draw(frame, found))[1])
    monkeypatch.setattr(
        training_samples, 'save_rows', lambda found, *more, **options:
        (rows.extend(found), save(found, *more, **options)))
    out = tmp_path / 's.png'
    assert draw_samples(config, out, number=2, draws=1) == 2
    names = read_label_list(notes / 'action_list.pbtxt')
    lines = [
        line.split(',')
        for line in (notes / 'train.csv').read_text().splitlines()
    ]
    for (title, images), (frame, found) in zip(rows, persons):
        video, second = title.split('\n')[:2]
        wanted = {}
        for line in lines:
            if line[0] == video and int(line[1]) == int(second.split()[1]):
                wanted.setdefault(tuple(map(float, line[2:6])),
                                  set()).add(names[int(line[6])])
        assert wanted and len(found) == len(wanted)
        for person in found:
            assert isinstance(person, Person)
            box = min(
                wanted, key=lambda b: abs(np.array(b) - person.box).sum())
            np.testing.assert_allclose(person.box, box, atol=1e-3)
            assert {name for name, _ in person.actions} == wanted[box]
        # frames 0, 2, 4 and 6 of 8: the key frame is the third, enlarged
        assert [len(image) for image in images] == [64, 64, 480, 64]
        drawn = cv2.resize(images[2], (96, 64), interpolation=cv2.INTER_AREA)
        difference = abs(frame[..., ::-1] / 255 - drawn).max(-1)
        # boxes and names hide some of it, the rest is right side up
        assert 0 < (difference > .2).mean() < .3
    assert out.stat().st_size > 20000
