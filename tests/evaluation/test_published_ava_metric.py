"""The published rules, against plain loops over them; MMAction2's beside."""
import math

import numpy as np
import pytest
import torch
from mmaction.evaluation import AVAMetric
from mmengine.registry import METRICS

from mvd_mm.evaluation import PublishedAVAMetric

LABELS = ''.join(f'item {{\n  name: "action {i}"\n  id: {i}\n}}\n'
                 for i in (1, 2, 3, 15))
NUM_CLASSES = 17  # 4 and 16 have a column, and are not scored
A, B, C = (0., 0., .4, .4), (.5, .5, .9, .9), (.5, 0., .9, .4)
NEAR_A = (0., 0., .4, .3)  # IoU 0.75 with A
HALF_A = (0., 0., .2, .4)  # IoU 0.5 with A
LESS_A = (0., 0., .19, .4)  # IoU 0.475

# annotations (video, stamp, box, class), detections (video, stamp, box,
# {class: score}), excluded (video, stamp), and the mean AP where it is known
SETS = {
    'perfect': ([('v', 2, A, 1), ('v', 3, B, 2)], [('v', 2, A, {
        1: .9
    }), ('v', 3, B, {
        2: .8
    })], [], 1),
    'a class without a detection': ([('v', 2, A, 1),
                                     ('v', 2, A, 2)], [('v', 2, A, {
                                         1: .9
                                     })], [], .5),
    'frame without annotation': ([('v', 2, A, 1)], [('v', 3, A, {
        1: .9
    }), ('v', 2, A, {
        1: .8
    })], [], .5),
    'video without annotation': ([('v', 2, A, 1)], [('w', 2, A, {
        1: .9
    }), ('v', 2, A, {
        1: .8
    })], [], .5),
    'frame with classes that are not scored': ([('v', 2, A, 1),
                                                ('v', 3, A, 4)], [('v', 3, A, {
                                                    1: .9,
                                                    4: .9
                                                }), ('v', 2, A, {
                                                    1: .8
                                                })], [], .5),
    'duplicates': ([('v', 2, A, 1), ('v', 3, A, 1)], [('v', 2, A, {
        1: .9
    }), ('v', 2, NEAR_A, {
        1: .8
    }), ('v', 3, A, {
        1: .7
    })], [], (1 + 2 / 3) / 2),
    'the best overlap is taken already':
    ([('v', 2, A, 1), ('v', 2, (0., 0., .5, .4), 1)], [('v', 2, A, {
        1: .9
    }), ('v', 2, A, {
        1: .8
    })], [], .5),
    'ties over key frames': ([('v', 2, A, 1), ('v', 3, A, 1)], [('v', 2, B, {
        1: .5
    }), ('v', 3, A, {
        1: .5
    }), ('v', 2, A, {
        1: .5
    })], [], None),
    'ties on a key frame': ([('v', 2, A, 1), ('v', 2, B, 1)], [('v', 2, A, {
        1: .5
    }), ('v', 2, NEAR_A, {
        1: .5
    }), ('v', 2, B, {
        1: .5
    })], [], None),
    'tied after rounding': ([('v', 2, A, 1), ('v', 3, A, 1)], [('v', 3, B, {
        1: .500001
    }), ('v', 2, A, {
        1: .5
    })], [], None),
    'told apart by the fifth decimal': ([('v', 2, A, 1)], [('v', 2, A, {
        1: .50002
    }), ('v', 2, B, {
        1: .50001
    })], [], 1),
    'scores below the threshold of MMAction2':
    ([('v', 2, A, 1)], [('v', 2, A, {
        1: .001
    })], [], 1),
    'scores of next to 0': ([('v', 2, A, 1), ('v', 3, A, 1)], [('v', 2, A, {
        1: .9
    }), ('v', 3, A, {
        1: 1e-7
    })], [], 1),
    'scores of 0': ([('v', 2, A, 1), ('v', 3, A, 1)], [('v', 2, A, {
        1: .9
    }), ('v', 3, A, {
        1: 0.
    })], [], .5),
    'the bound of the overlap': ([('v', 2, A, 1),
                                  ('v', 3, A, 1)], [('v', 2, HALF_A, {
                                      1: .9
                                  }), ('v', 3, LESS_A, {
                                      1: .8
                                  })], [], .5),
    'excluded stamps': ([('v', 2, A, 1), ('v', 3, A, 1),
                         ('v', 4, A, 2)], [('v', 2, A, {
                             1: .5
                         }), ('v', 3, B, {
                             1: .9
                         })], [('v', 3), ('v', 4)], 1),
    'boxes without area': ([('v', 2, A, 1)], [('v', 2, (.2, .2, .2, .4), {
        1: .9
    }), ('v', 2, A, {
        1: .8
    })], [], 1),
    'precision falls and rises':
    ([('v', t, A, 1) for t in range(2, 7)], [('v', t, box, {
        1: score
    }) for t, box, score in ((2, A, .9), (2, B, .8), (3, A, .7), (4, A, .6),
                             (4, C, .5), (5, B, .4), (5, A, .3))], [], None),
    'several persons and classes': ([('v', 2, A, 1), ('v', 2, A, 3),
                                     ('v', 2, B, 2), ('v', 3, C, 15),
                                     ('w', 2, B, 15)], [('v', 2, NEAR_A, {
                                         1: .7,
                                         2: .4,
                                         3: .1
                                     }), ('v', 2, B, {
                                         1: .8,
                                         2: .6,
                                         15: .5
                                     }), ('v', 3, C, {
                                         15: .3,
                                         1: .2
                                     }), ('w', 2, A, {
                                         15: .4
                                     })], [], None),
    'no detection': ([('v', 2, A, 1)], [], [], 0),
    'no annotation': ([], [('v', 2, A, {
        1: .9
    })], [], math.nan),
    'nothing': ([], [], [], math.nan),
}
sets = pytest.mark.parametrize('name', SETS)


def overlap(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(width, 0) * max(height, 0)
    areas = ((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other))
    return both / (sum(areas) - both)


def by_the_rules(annotations, detections, excluded, scored=(1, 2, 3, 15)):
    """Average precision by class, in plain loops."""
    found = {}
    for label in scored:
        truth = [(video, stamp, box) for video, stamp, box, k in annotations
                 if k == label and (video, stamp) not in excluded]
        if not truth:
            continue
        guesses = [
            (round(scores[label], 5), number, video, stamp, box)
            for number, (video, stamp, box, scores) in enumerate(detections)
            if scores.get(label, 0) > 0 and (video, stamp) not in excluded
            and box[0] < box[2] and box[1] < box[3]
        ]
        # on a key frame, the last of equal scores first
        right, taken = {}, set()
        for guess in sorted(guesses, key=lambda g: (-g[0], -g[1])):
            _, number, video, stamp, box = guess
            here = [(overlap(box, t[2]), -i) for i, t in enumerate(truth)
                    if t[:2] == (video, stamp)]
            best = max(here, default=(0, 0))
            right[number] = best[0] >= .5 and best[1] not in taken
            if right[number]:
                taken.add(best[1])
        # over all, the last key frame of equal scores first
        points, hits = [], 0
        frames = list(dict.fromkeys(row[:2] for row in detections))
        guesses.sort(key=lambda g: (-g[0], -frames.index(g[2:4]), g[1]))
        for count, guess in enumerate(guesses, 1):
            hits += right[guess[1]]
            points.append((hits / len(truth), hits / count))
        area, before = 0., 0.
        for recall, _ in points:
            best = max(p for r, p in points if r >= recall)
            area, before = area + (recall - before) * best, recall
        found[label] = area
    return found


def build(folder, annotations, excluded, kind=PublishedAVAMetric, **options):
    lines = [
        f'{video},{stamp:04d},{",".join(map(str, box))},{label},0\n'
        for video, stamp, box, label in annotations
    ]
    (folder / 'ann.csv').write_text(''.join(lines))
    (folder / 'excluded.csv').write_text(''.join(f'{video},{stamp:04d}\n'
                                                 for video, stamp in excluded))
    if not (folder / 'labels.pbtxt').is_file():
        (folder / 'labels.pbtxt').write_text(LABELS)
    return kind(
        ann_file=str(folder / 'ann.csv'),
        label_file=str(folder / 'labels.pbtxt'),
        exclude_file=str(folder / 'excluded.csv'),
        **{
            'num_classes': NUM_CLASSES,
            **options
        })


def samples(detections):
    """One sample per key frame, as a model returns them."""
    frames = {}
    for video, stamp, box, scores in detections:
        frames.setdefault((video, stamp), []).append((box, scores))
    for (video, stamp), rows in frames.items():
        scores = torch.zeros(len(rows), NUM_CLASSES)
        for row, (_, named) in zip(scores, rows):
            for label, score in named.items():
                row[label] = score
        yield dict(
            video_id=video,
            timestamp=stamp,
            pred_instances=dict(
                bboxes=torch.tensor([box for box, _ in rows]), scores=scores))


def evaluate(metric, detections):
    metric.process(None, list(samples(detections)))
    return metric.evaluate(max(len(metric.results), 1))


def by_frame(detections):
    """The order in which the metric is given them."""
    frames = {}
    for row in detections:
        frames.setdefault(row[:2], []).append(row)
    return [row for rows in frames.values() for row in rows]


@sets
def test_equals_plain_loops_over_the_rules(name, tmp_path):
    annotations, detections, excluded, expected = SETS[name]
    found = evaluate(
        build(tmp_path, annotations, excluded, with_mmaction2=False),
        detections)
    values = by_the_rules(annotations, by_frame(detections), excluded)
    groups = dict(
        overall=(1, 2, 3, 15),
        person_movement=(1, 2, 3),
        object_manipulation=(15, ))
    for group, labels in groups.items():
        mean = [values[label] for label in labels if label in values]
        if mean:
            assert found[f'mAP/{group}'] == pytest.approx(
                np.mean(mean), abs=1e-12), group
        elif group == 'overall':
            assert math.isnan(found['mAP/overall'])
        else:
            assert f'mAP/{group}' not in found
    if expected is not None:
        assert found['mAP/overall'] == pytest.approx(expected, nan_ok=True)


def test_equals_plain_loops_on_random_sets(tmp_path):
    rng = np.random.default_rng(0)
    boxes = A, B, C, NEAR_A, HALF_A, LESS_A
    for number in range(20):

        def draw():
            return ('vw'[rng.integers(2)], int(rng.integers(2, 7)),
                    boxes[rng.integers(len(boxes))])

        annotations = [(*draw(), int(rng.choice([1, 2, 3, 15, 4])))
                       for _ in range(20)]
        detections = [
            (
                *draw(),
                {
                    label: float(rng.integers(1, 6) / 5)  # with ties
                    for label in (1, 2, 3, 15)
                }) for _ in range(40)
        ]
        excluded = [('v', 3)] * (number % 2)
        folder = tmp_path / str(number)
        folder.mkdir()
        found = evaluate(
            build(folder, annotations, excluded, with_mmaction2=False),
            detections)
        values = by_the_rules(annotations, by_frame(detections), excluded)
        assert found['mAP/overall'] == pytest.approx(
            np.mean(list(values.values())), abs=1e-12)


# MMAction2 takes means over groups without a class
@pytest.mark.filterwarnings('ignore:Mean of empty slice:RuntimeWarning')
@pytest.mark.parametrize('name, theirs', [
    ('a class without a detection', 1),
    ('frame without annotation', 1),
    ('duplicates', (1 + 2 / 3) / 2),
])
def test_never_above_mmaction2s_where_that_is_optimistic(
        name, theirs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    annotations, detections, excluded, ours = SETS[name]
    found = evaluate(build(tmp_path, annotations, excluded), detections)
    assert found['mAP/overall'] == pytest.approx(ours)
    assert found['mAP/mmaction2_overall'] == pytest.approx(theirs)
    # and what it prints as theirs is theirs
    host = build(tmp_path, annotations, excluded, AVAMetric)
    assert evaluate(
        host, detections)['mAP/overall'] == found['mAP/mmaction2_overall']


def test_three_quarters_where_mmaction2_says_one(tmp_path):
    # of two found classes, one has a false alarm on an empty key frame
    annotations = [('v', 2, A, 1), ('v', 2, B, 2)]
    detections = [('v', 2, A, {
        1: .9
    }), ('v', 3, A, {
        2: .9
    }), ('v', 2, B, {
        2: .8
    })]
    found = evaluate(build(tmp_path, annotations, []), detections)
    assert found['mAP/overall'] == pytest.approx(.75)
    assert found['mAP/mmaction2_overall'] == pytest.approx(1)


def test_custom_classes_name_the_columns(tmp_path):
    annotations = [('v', 2, A, 3), ('v', 2, B, 15), ('v', 2, B, 1)]
    metric = build(
        tmp_path, annotations, [], num_classes=3, custom_classes=[3, 15])
    metric.process(None, [
        dict(
            video_id='v',
            timestamp=2,
            pred_instances=dict(
                bboxes=torch.tensor([A, B]),
                scores=torch.tensor([[0, .9, .1], [0, .2, .8]])))
    ])
    found = metric.evaluate(1)
    assert found['mAP/overall'] == found['mAP/mmaction2_overall'] == 1
    with pytest.raises(ValueError, match=r'\[7\] do not fit'):
        build(tmp_path, annotations, [], num_classes=2, custom_classes=[7])


def test_no_excluded_timestamps(tmp_path):
    build(tmp_path, *SETS['perfect'][::2])
    metric = PublishedAVAMetric(
        str(tmp_path / 'ann.csv'),
        None,
        str(tmp_path / 'labels.pbtxt'),
        num_classes=NUM_CLASSES)
    assert evaluate(metric, SETS['perfect'][1])['mAP/overall'] == 1


def test_is_found_by_its_name_and_takes_the_place_of_mmaction2s(tmp_path):
    build(tmp_path, [], [])
    options = dict(
        ann_file=str(tmp_path / 'ann.csv'),
        label_file=str(tmp_path / 'labels.pbtxt'),
        exclude_file=str(tmp_path / 'excluded.csv'),
        num_classes=NUM_CLASSES)
    ours = METRICS.build(dict(type='mvd_mm.PublishedAVAMetric', **options))
    theirs = METRICS.build(dict(type='mmaction.AVAMetric', **options))
    assert isinstance(ours, PublishedAVAMetric)
    assert ours.prefix == theirs.prefix == 'mAP'


@pytest.mark.parametrize('name', ['ann_file', 'label_file', 'exclude_file'])
def test_a_missing_file_is_named_before_anything_runs(name, tmp_path):
    build(tmp_path, [], [])
    files = dict(
        ann_file=str(tmp_path / 'ann.csv'),
        label_file=str(tmp_path / 'labels.pbtxt'),
        exclude_file=str(tmp_path / 'excluded.csv'))
    files[name] = 'nowhere'
    with pytest.raises(FileNotFoundError, match=f'`{name}`.*nowhere'):
        PublishedAVAMetric(**files)


def test_a_class_without_a_column_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r'\[15\] do not fit.*1 to 9'):
        build(tmp_path, [], [], num_classes=10)


def test_scores_with_other_columns_are_refused(tmp_path):
    metric = build(tmp_path, [], [])
    with pytest.raises(ValueError, match='`num_classes` is 17.*5 columns'):
        metric.process(None, [
            dict(
                video_id='v',
                timestamp=2,
                pred_instances=dict(
                    bboxes=torch.zeros(1, 4), scores=torch.zeros(1, 5)))
        ])
