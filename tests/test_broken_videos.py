"""One broken video in five: training, validation and testing reach the end."""
import csv
import logging
from uuid import uuid4

import pytest
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from mvd_mm.datasets.transforms.video_decoding import BrokenVideoError
from mvd_mm.datasets.video_scan import scan_list
from tests.datasets.broken_files import write, write_broken

READ = [
    dict(type='DecordInit'),
    dict(type='SampleFrames', clip_len=4, frame_interval=1, num_clips=1),
    dict(type='DecordDecode'),
]


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    """A list with 14 broken files among 70 videos, and one with 60 %."""
    root = tmp_path_factory.mktemp('videos')
    good = write(root / 'good.mp4', 12, g=12)
    names = [f'{index}.mp4' for index in range(56)]
    for name in names:
        (root / name).write_bytes(good.read_bytes())
    broken = [
        str(path.relative_to(root))
        for path in write_broken(root / 'broken').values()
    ]
    # the missing one comes first
    broken.sort(key=lambda name: 'missing' not in name)
    mixed = []
    for index, name in enumerate(broken):
        mixed += [name, *names[4 * index:4 * index + 4]]
    for file, entries in (('fifth.txt', mixed), ('most.txt',
                                                 broken + names[:9])):
        (root / file).write_text(''.join(
            f'{name} {index % 3}\n' for index, name in enumerate(entries)))
    return root, sorted(str(root / name) for name in broken)


@pytest.fixture
def build(videos, tmp_path, vit_cfg, mvd_cfg):
    """A run of a tiny student, or of a tiny classifier to test."""
    root, _ = videos

    def make(student=False, file='fifth.txt', wrong=True, **hook):

        def loader(steps, **options):
            return dict(
                batch_size=2,
                num_workers=2,
                dataset=dict(
                    type='mvd_mm.CheckedVideoDataset',
                    ann_file=str(root / file),
                    data_prefix=dict(video=str(root)),
                    pipeline=READ + steps,
                    **options))

        steps = [
            dict(type='mvd_mm.TwoResolutionResize', scale=32),
            dict(type='FormatShape', input_format='NCTHW'),
            dict(type='PackActionInputs')
        ]
        test_loader = dict(
            sampler=dict(type='DefaultSampler', shuffle=False),
            **loader(steps, test_mode=True, count_failures_as_wrong=wrong))
        if student:
            steps = [
                dict(type='mvd_mm.TwoResolutionResize', scale=32),
                dict(type='mvd_mm.FormatViews', keys=('imgs', )),
                dict(
                    type='mvd_mm.TubeMasking',
                    grid_size=(2, 4, 4),
                    mask_ratio=0.75),
                dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))
            ]
            model = dict(
                type='mvd_mm.MVD',
                data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'),
                **mvd_cfg())
        else:
            model = dict(
                type='Recognizer3D',
                backbone=dict(type='mvd_mm.MVDVisionTransformer', **vit_cfg()),
                cls_head=dict(
                    type='mvd_mm.RecognitionHead',
                    num_classes=3,
                    in_channels=32,
                    topk=(1, 2)),
                data_preprocessor=dict(
                    type='ActionDataPreprocessor', format_shape='NCTHW'))
        metric = dict(
            type='AccMetric',
            metric_options=dict(top_k_accuracy=dict(topk=(1, 2))))
        cfg = dict(
            default_scope='mmaction',
            model=model,
            work_dir=str(tmp_path),
            experiment_name=uuid4().hex,
            custom_hooks=[dict(type='mvd_mm.BrokenVideosHook', **hook)],
            train_dataloader=dict(
                collate_fn=dict(
                    type='default_collate' if student else 'pseudo_collate'),
                sampler=dict(type='DefaultSampler', shuffle=True),
                **loader(steps)),
            train_cfg=dict(by_epoch=True, max_epochs=1),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)))
        if not student:
            cfg.update(
                val_dataloader=test_loader,
                val_cfg=dict(),
                val_evaluator=metric,
                test_dataloader=test_loader,
                test_cfg=dict(),
                test_evaluator=metric)
        runner = Runner.from_cfg(Config(cfg))
        lines = []

        class Collect(logging.Handler):

            def emit(self, record):
                lines.append(record.getMessage())

        MMLogger.get_current_instance().addHandler(
            Collect(level=logging.WARNING))
        return runner, lines

    with DefaultScope.overwrite_default_scope('mmaction'):
        yield make


def named(lines, what):
    """Files that lines ``<what> <file>: <reason>`` name."""
    return sorted(line[len(what) + 1:].split(': ')[0] for line in lines
                  if line.startswith(f'{what} '))


def test_a_student_trains_to_the_end_and_each_file_is_named_once(
        build, videos):
    runner, lines = build(student=True, max_share=0.3)
    runner.train()
    assert runner.iter == 35
    assert named(lines, 'skipped') == videos[1]
    count, = [line for line in lines if line.startswith('broken videos')]
    assert count.startswith('broken videos: 14 of 70 so far; ')
    # each broken entry once, more if another broken one was drawn instead
    assert int(count.split('; ')[1].split(' ')[0]) >= 14


def test_too_many_stop_the_run_with_their_list(build, videos):
    runner, lines = build(student=True, file='most.txt', interval=1)
    with pytest.raises(RuntimeError) as info:
        runner.train()
    message = str(info.value)
    assert 'of 23 videos cannot be read, more than `max_share=0.05`' in message
    assert 'skip_list' in message and 'check_videos.py' in message
    listed = [line for line in message.splitlines() if line[:2] == '  ']
    assert len(listed) >= 2
    assert all(line.strip().split(': ')[0] in videos[1] and line.split(': ')[1]
               for line in listed)


def test_each_broken_video_counts_once_as_wrong(build, videos):
    runner, lines = build()
    # a network that is right about every video it sees
    head = runner.model.cls_head
    predict = head.predict

    def know(feats, data_samples, **kwargs):
        samples = predict(feats, data_samples, **kwargs)
        for sample in samples:
            score = sample.pred_score * 0
            score[sample.gt_label] = 1
            sample.set_pred_score(score)
            sample.set_pred_label(sample.gt_label)
        return samples

    head.predict = know
    metrics = runner.test()
    assert metrics['acc/top1'] == pytest.approx(56 / 70)
    assert metrics['acc/top2'] == pytest.approx(56 / 70)
    assert named(lines, 'counted as wrong') == videos[1]
    assert 'broken videos: 14 of 70 counted as wrong' in lines
    assert runner.val()['acc/top1'] == pytest.approx(56 / 70)


def test_without_the_flag_testing_names_the_file(build):
    runner, _ = build(wrong=False)
    with pytest.raises(BrokenVideoError, match='missing.mp4.*skip_list'):
        runner.test()


def test_the_scan_gives_the_same_verdicts_and_a_list_to_skip(
        build, videos, tmp_path):
    root, broken = videos
    verdicts = scan_list(root / 'fifth.txt', tmp_path, str(root), workers=1)
    assert sorted(
        str(root / name) for name, verdict in verdicts.items()
        if verdict.kind == 'broken') == broken
    assert sum(verdict.kind == 'good' for verdict in verdicts.values()) == 56
    with (tmp_path / 'report.csv').open(newline='') as file:
        assert len(list(csv.reader(file))) == 71
    runner, lines = build(student=True, max_share=0)
    options = dict(
        runner._train_dataloader['dataset'],
        skip_list=str(tmp_path / 'skip_list.txt'))
    runner._train_dataloader['dataset'] = options
    runner.train()
    assert runner.iter == 28
    assert not [line for line in lines if 'skipped' in line]
