"""The quickstart: its parts, and two whole runs in its shortest form."""
import importlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.config import Config

pytest.importorskip('decord')
ROOT = Path(__file__).parents[2]
TOOLS = ROOT / 'tools'


def load(name):
    """Import a script of the tool, which is no package."""
    if str(TOOLS) not in sys.path:
        sys.path.insert(0, str(TOOLS))
    return importlib.import_module(name)


quickstart = load('quickstart')
finetuning = load('_quickstart.finetuning')
plan = load('_quickstart.plan')
stage = load('_quickstart.stage')
data = load('_quickstart.data')
START = 'model.backbone.init_cfg.checkpoint'
LINE = ('11/23 21:34:24 - mmengine - INFO - Epoch(train)  [1][20/60]  '
        'base_lr: 3.2203e-04 lr: 3.2203e-04  eta: 0:06:26  time: 0.5527  '
        'data_time: 0.0310  loss: 1.0612  loss_image: 0.5230  '
        'loss_video: 0.5382')
LINES = {
    # of a run of 12 epochs, of its last, of one epoch, of a GPU
    LINE:
    ('1', '20', '60', 'loss: 1.0612  loss_image: 0.5230  loss_video: 0.5382'),
    '11/23 21:30:31 - mmengine - INFO - Epoch(train) [12][60/60]  base_lr: '
    '1.0006e-05 lr: 1.0006e-05  eta: 0:00:00  time: 0.1838  data_time: '
    '0.0122  loss: 0.4431': ('12', '60', '60', 'loss: 0.4431'),
    '11/23 21:27:30 - mmengine - INFO - Epoch(train) [1][2/2]  base_lr: '
    '5.0500e-04 lr: 5.0500e-04  eta: 0:00:00  time: 0.6436  data_time: '
    '0.1366  loss: 1.0221': ('1', '2', '2', 'loss: 1.0221'),
    '11/23 21:27:30 - mmengine - INFO - Epoch(train)   [3][ 10/120]  '
    'base_lr: 5.0500e-04 lr: 5.0500e-04  eta: 0:00:00  time: 0.6436  '
    'data_time: 0.1366  memory: 1234  grad_norm: 0.5000  loss: 12.0221':
    ('3', '10', '120', 'loss: 12.0221'),
}


class TestWorkDir:

    def test_a_new_or_an_empty_folder_is_taken(self, tmp_path):
        for _ in range(2):
            found = quickstart.new_work_dir(tmp_path / 'a' / 'b')
            assert found == (tmp_path / 'a' / 'b').resolve()
            assert found.is_dir()

    def test_a_folder_that_holds_anything_is_refused(self, tmp_path):
        (tmp_path / 'mae').mkdir()
        with pytest.raises(FileExistsError) as error:
            quickstart.new_work_dir(tmp_path)
        for word in ('--work-dir', str(tmp_path), 'not empty', 'new folder'):
            assert word in str(error.value)
        assert list(tmp_path.iterdir()) == [tmp_path / 'mae']

    def test_the_default_is_new_below_work_dirs(self, tmp_path, monkeypatch):
        monkeypatch.setattr(quickstart, 'ROOT', tmp_path)
        found = quickstart.new_work_dir(None)
        assert found.parent == tmp_path / 'work_dirs' / 'quickstart'
        assert found.is_dir() and not list(found.iterdir())


class TestPlan:

    @pytest.mark.parametrize('kind, ending', [
        ('quickstart', '_motion-shapes-rgb.py'),
        ('videos', '_videos-rgb.py'),
        ('mini', '_motion-shapes-hard-rgb.py'),
    ])
    def test_existing_configs_each_with_a_folder(self, kind, ending, tmp_path):
        stages = plan.stages_of(tmp_path, kind)
        starts = dict(mae='mae_vit-', videomae='videomae_vit-', mvd='mvd_vit-')
        if kind != 'videos':
            starts.update(finetune_scratch='vit-', finetune_mvd='vit-')
        assert list(stages) == list(starts)
        for number, (name, item) in enumerate(stages.items(), 1):
            assert item.config.is_file()
            assert item.config.name.startswith(starts[name])
            assert item.config.name.endswith(ending)
            assert item.work_dir == tmp_path / name
            assert item.title.startswith(f'{number}/{len(starts)} ')

    @pytest.mark.parametrize('kind', ['quickstart', 'mini'])
    def test_ablation_adds_a_student_of_each_teacher_alone(
            self, kind, tmp_path):
        plain = plan.stages_of(tmp_path, kind)
        stages = plan.stages_of(tmp_path, kind, ablation=True)
        assert set(stages) - set(plain) == {
            'mvd_image', 'mvd_video', 'finetune_mvd_image',
            'finetune_mvd_video'
        }
        for branch in ('image', 'video'):
            cfg = Config.fromfile(stages[f'mvd_{branch}'].config)
            assert list(cfg.model.branches) == [branch]
        # every fine-tuning is the same training
        assert len({
            item.config
            for name, item in stages.items() if name in finetuning.NAMES
        }) == 1
        assert [n for n in stages
                if n.startswith('finetune_')] == list(finetuning.NAMES)

    def test_every_student_is_given_its_teachers_alone(self, tmp_path,
                                                       monkeypatch):
        calls = {}

        def train(item, options, seed, clock):
            calls[item.work_dir.name] = options
            return f'{item.work_dir.name}.pth'

        monkeypatch.setattr(plan, 'train', train)
        stages = plan.stages_of(tmp_path, 'quickstart', ablation=True)
        done = plan.pretrain(stages, {'key': 1}, 0, None)
        image = {'model.branches.image.teacher.checkpoint': 'mae.pth'}
        video = {'model.branches.video.teacher.checkpoint': 'videomae.pth'}
        assert calls == {
            name: dict(key=1, **teachers)
            for name, teachers in dict(
                mae={},
                videomae={},
                mvd={
                    **image,
                    **video
                },
                mvd_image=image,
                mvd_video=video).items()
        }
        assert done == {name: f'{name}.pth' for name in calls}


class TestFinetuning:

    def test_starts_from_the_named_student_and_reports_percent(
            self, tmp_path, monkeypatch):
        calls = []

        def train(item, options, seed, clock):
            calls.append((item.work_dir.name, options))
            return f'{item.work_dir.name}.pth'

        def test(item, checkpoint, options):
            assert checkpoint == f'{item.work_dir.name}.pth'
            # the start is not needed again: its file may be gone
            assert options[START] is None
            return {'acc/top1': 0.25, 'acc/top5': 0.75, 'time': 1.}

        monkeypatch.setattr(finetuning, 'train', train)
        monkeypatch.setattr(finetuning, 'test', test)
        stages = plan.stages_of(tmp_path, 'quickstart', ablation=True)
        students = {name: f'{name}.pth' for name in stages}
        found = finetuning.finetune_all(stages, students, {'key': 1}, 0, None)
        assert calls == [('finetune_scratch', {
            'key': 1,
            START: None
        })] + [(f'finetune_{name}', {
            'key': 1,
            START: f'{name}.pth'
        }) for name in ('mvd', 'mvd_image', 'mvd_video')]
        assert list(found) == list(finetuning.NAMES.values())
        assert all(row == dict(top1=25, top5=75) for row in found.values())
        table = finetuning.format_accuracies(found)
        assert '| after MVD | 25.0 | 75.0 |' in table

    def test_trains_on_one_list_and_tests_on_the_other(self, tmp_path):
        options = {'train_dataloader.dataset.ann_file': tmp_path / 'train.txt'}
        rendered = data.Data(tmp_path, tmp_path / 'train.txt',
                             tmp_path / 'val.txt', 10, options)
        found = finetuning.finetune_options(rendered, smoke=False)
        assert found == {
            **options,
            **{
                f'{part}_dataloader.dataset.{key}': value
                for part in ('val', 'test')
                for key, value in {
                    'ann_file': tmp_path / 'val.txt',
                    'data_prefix.video': tmp_path
                }.items()
            }
        }
        few = finetuning.finetune_options(rendered, smoke=True)
        assert few.pop('train_dataloader.dataset.indices') == 32
        assert few == found


class TestData:

    @pytest.fixture
    def commands(self, tmp_path, monkeypatch):
        """What would have been run; lists are written as if it had."""
        found = []

        def run(script, *options):
            options = dict(zip(options[::2], options[1::2]))
            found.append((Path(script).name, options))
            options['--out'].mkdir(parents=True, exist_ok=True)
            (options['--out'] / 'classes.txt').write_text('a\nb\n')
            (options['--out'] / 'train.txt').write_text('a.mp4 0\n' * 7)

        monkeypatch.setenv('MVD_MM_CACHE', str(tmp_path / 'cache'))
        monkeypatch.setattr(data, 'run_tool', run)
        return found

    @pytest.mark.parametrize('smoke, mini, setting, num_train, num_val', [
        (False, False, 'easy', 1920, 640),
        (False, True, 'hard', 4800, 960),
        (True, False, 'easy', 64, 32),
        (True, True, 'hard', 64, 32),
    ])
    def test_a_rendered_set_is_cached_by_version_and_setting(
            self, commands, tmp_path, smoke, mini, setting, num_train,
            num_val):
        found = data.get_data(None, tmp_path / 'work', smoke, mini)
        name = f'motion_shapes-v{data.VERSION}-{setting}-{num_train}'
        root = tmp_path / 'cache' / name
        options = {
            '--out': root,
            '--setting': setting,
            '--num-train': num_train,
            '--num-val': num_val
        }
        assert commands == [('render.py', options)]
        assert found == data.Data(
            root, root / 'train.txt', root / 'val.txt', 2, {
                'train_dataloader.dataset.ann_file': root / 'train.txt',
                'train_dataloader.dataset.data_prefix.video': root
            })

    def test_own_videos_are_shrunk_listed_and_repeated(self, commands,
                                                       tmp_path):
        work_dir = tmp_path / 'work'
        found = data.get_data(tmp_path / 'mine', work_dir, False, False)
        (first, shrink), (second, lists) = commands
        assert (first, second) == ('shrink_videos.py', 'build_annotations.py')
        assert shrink['--videos'] == tmp_path / 'mine'
        assert shrink['--out'] == lists['--videos'] == work_dir / 'videos'
        assert found.train == lists['--out'] / 'train.txt'
        # an epoch of seven videos has about 960 clips
        assert found.options['train_dataloader.dataset.times'] == 138
        assert not (tmp_path / 'cache').exists()


class TestClock:

    @pytest.fixture
    def clock(self, monkeypatch):
        """A clock for weights 1 and 3, at 100 s, and how to set the time."""
        now = [100.]
        monkeypatch.setattr(stage.time, 'monotonic', lambda: now[0])
        stages = [stage.Stage('', None, None, weight) for weight in (1, 3)]
        return stage.Clock(stages), now

    def test_time_left_is_in_proportion_to_the_weights(self, clock):
        clock, now = clock
        now[0] += 10
        assert clock.left(1, 0.5) == pytest.approx(70)  # an eighth is done
        assert clock.left(1, 1.) == pytest.approx(30)
        clock.done += 1
        now[0] += 10
        assert clock.left(3, 1 / 3) == pytest.approx(20)
        assert clock.left(3, 1.) == pytest.approx(0)

    @pytest.mark.parametrize('seconds, text', [(0, '0:00'), (59.9, '0:59'),
                                               (60, '1:00'), (3725, '62:05')])
    def test_times_are_shown_in_minutes_and_seconds(self, seconds, text):
        assert stage.clock_time(seconds) == text


class TestProgress:

    @pytest.mark.parametrize('line, parts', LINES.items())
    def test_lines_of_mmengine_are_understood(self, line, parts):
        match = stage._LINE.search(line + '\n')
        assert match.groups() == parts

    @pytest.mark.parametrize('line', [
        '11/23 21:27:30 - mmengine - INFO - Saving checkpoint at 1 epochs',
        '11/23 21:27:30 - mmengine - INFO - Epoch(val) [1][2/2]  loss: 1.0',
        'model = dict(loss=dict(type="loss: 1"))',
    ])
    def test_other_lines_are_passed_over(self, line):
        assert stage._LINE.search(line) is None


class TestTrain:

    @pytest.fixture
    def run(self, tmp_path, monkeypatch):
        """Train with a stand-in for ``tools/train.py``."""
        monkeypatch.setattr(stage, 'TOOLS', tmp_path)
        config = tmp_path / 'config.py'
        config.write_text('train_cfg = dict(max_epochs=4)\n')
        item = stage.Stage('1/1 title', config, tmp_path / 'run', 1)

        def call(script, options):
            (tmp_path / 'train.py').write_text(script)
            return stage.train(item, options, 7, stage.Clock([item]))

        return call

    def test_returns_the_last_checkpoint_and_keeps_the_log(
            self, run, tmp_path, capsys):
        script = ('import sys, pathlib\n'
                  'print(*sys.argv[1:], sep="|")\n'
                  f'print({LINE!r})\n'
                  f'print({LINE.replace("[1][20/60]", "[2][60/60]")!r})\n'
                  'work_dir = sys.argv[sys.argv.index("--work-dir") + 1]\n'
                  'path = pathlib.Path(work_dir, "last_checkpoint")\n'
                  'path.write_text("epoch_2.pth\\n")\n')
        options = {'train_cfg.max_epochs': 2, 'key': 'a b'}
        assert run(script, options) == 'epoch_2.pth'
        log = (tmp_path / 'run' / 'train.log').read_text().splitlines()
        work_dir = tmp_path / 'run'
        assert log[0] == (
            f'{tmp_path / "config.py"}|--work-dir|{work_dir}|--seed|7|'
            '--cfg-options|train_cfg.max_epochs=2|key=a b')
        assert log[1] == LINE
        shown = capsys.readouterr().out
        for word in ('1/1 title', 'config.py', str(work_dir / 'train.log'),
                     'epoch 2/2, 100 %, loss: 1.0612', '0:00 left', 'done in'):
            assert word in shown

    def test_epochs_are_those_of_the_config(self, run, capsys):
        script = ('import sys, pathlib\n'
                  f'print({LINE.replace("[1][20/60]", "[3][60/60]")!r})\n'
                  'work_dir = sys.argv[sys.argv.index("--work-dir") + 1]\n'
                  'path = pathlib.Path(work_dir, "last_checkpoint")\n'
                  'path.write_text("epoch_4.pth")\n')
        assert run(script, {}) == 'epoch_4.pth'
        assert 'epoch 3/4,  75 %' in capsys.readouterr().out

    def test_a_failing_run_names_its_log_and_shows_its_end(
            self, run, tmp_path, capsys):
        script = ('import sys\n'
                  'for i in range(40): print("line", i)\n'
                  'sys.exit("ValueError: the reason")\n')
        with pytest.raises(RuntimeError) as error:
            run(script, {})
        for word in ('1/1 title', 'status 1',
                     str(tmp_path / 'run' / 'train.log')):
            assert word in str(error.value)
        shown = capsys.readouterr().err
        assert 'ValueError: the reason' in shown and 'line 39' in shown
        assert 'line 20\n' not in shown
        log = (tmp_path / 'run' / 'train.log').read_text()
        assert 'line 0\n' in log and 'ValueError: the reason' in log


class TestTest:

    @pytest.fixture
    def run(self, tmp_path, monkeypatch):
        """Test with a stand-in for ``tools/test.py``."""
        monkeypatch.setattr(stage, 'TOOLS', tmp_path)
        item = stage.Stage('1/1 title', tmp_path / 'config.py',
                           tmp_path / 'run', 1)
        item.work_dir.mkdir()

        def call(script):
            (tmp_path / 'test.py').write_text(script)
            return stage.test(item, 'a.pth', {'key': 'a b'})

        return call

    def test_returns_the_metrics_and_keeps_the_log(self, run, tmp_path):
        script = ('import sys, pathlib\n'
                  'print(*sys.argv[1:], sep="|")\n'
                  'work_dir = sys.argv[sys.argv.index("--work-dir") + 1]\n'
                  'folder = pathlib.Path(work_dir, "20250101_000000")\n'
                  'folder.mkdir()\n'
                  'file = folder / "20250101_000000.json"\n'
                  'file.write_text(\'{"acc/top1": 0.5}\')\n')
        assert run(script) == {'acc/top1': 0.5}
        folder = tmp_path / 'run' / 'test'
        assert (folder / 'test.log').read_text().strip() == (
            f'{tmp_path / "config.py"}|a.pth|--work-dir|{folder}|'
            '--cfg-options|key=a b')

    def test_a_failing_test_names_its_log_and_shows_its_end(
            self, run, tmp_path, capsys):
        with pytest.raises(RuntimeError) as error:
            run('raise ValueError("the reason")')
        log = tmp_path / 'run' / 'test' / 'test.log'
        assert str(log) in str(error.value)
        assert 'the reason' in capsys.readouterr().err


def call(tmp_path, *arguments):
    """Run the tool as the shell script does, with a cache of its own."""
    return subprocess.run(
        [sys.executable,
         str(TOOLS / 'quickstart.py'), *map(str, arguments)],
        cwd=tmp_path,
        env={
            **os.environ, 'MVD_MM_CACHE': str(tmp_path / 'cache'),
            'OMP_NUM_THREADS': '1'
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=500)


def check_report(folder, probes):
    """Check what every run leaves behind; returns the report's text."""
    results = json.loads((folder / 'results.json').read_text())
    assert set(results['probes']) == probes
    for row in results['probes'].values():
        assert set(row) == {'linear_probe', 'knn'}
        assert all(0 <= value <= 100 for value in row.values())
    shares = results['predicted_variance']
    assert set(shares) == {'image', 'video'}
    assert all(math.isfinite(s) and s <= 100 for s in shares.values())
    report = (folder / 'report.md').read_text()
    for name in ('loss_curves.png', 'predictions_0.png'):
        picture = cv2.imread(str(folder / name))
        assert picture is not None and picture.std() > 10, name
        assert f'({name})' in report
    for name, share in shares.items():
        assert f'| {name} | {share:.1f} % |' in report
    return report


class TestBadCalls:

    @pytest.mark.parametrize('options, message', [
        (['--videos', 'none'], '`--videos` none is no folder'),
        (['--videos', '.', '--mini'], 'exclude each other'),
        (['--videos', '.', '--ablation'], 'exclude each other'),
    ])
    def test_are_refused_before_anything_is_written(self, options, message,
                                                    tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, 'argv',
                            ['quickstart.py', *options, '--work-dir', 'work'])
        with pytest.raises((ValueError, NotADirectoryError), match=message):
            quickstart.main()
        assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_smoke_run_leaves_a_report(tmp_path):
    work_dir = tmp_path / 'work'
    done = call(tmp_path, '--smoke', '--work-dir', work_dir)
    assert done.returncode == 0, done.stdout[-3000:]
    report = check_report(
        work_dir / 'report',
        {'random student', 'image teacher', 'video teacher', 'MVD student'})
    assert 'Chance: ' in report and '| MVD student |' in report
    assert str(work_dir / 'report' / 'report.md') in done.stdout
    results = json.loads((work_dir / 'report' / 'results.json').read_text())
    assert list(results['finetuned']) == ['from scratch', 'after MVD']
    for name, row in results['finetuned'].items():
        assert 0 <= row['top1'] <= row['top5'] <= 100
        assert f"| {name} | {row['top1']:.1f} | {row['top5']:.1f} |" in report
    for name in ('mae', 'videomae', 'mvd', 'finetune_scratch', 'finetune_mvd'):
        log = (work_dir / name / 'train.log').read_text()
        assert 'Traceback' not in log
        assert (work_dir / name / 'epoch_1.pth').is_file()


@pytest.mark.slow
def test_smoke_run_on_a_folder_of_videos(tmp_path):
    videos = tmp_path / 'my videos'
    videos.mkdir()
    for index in range(3):
        writer = cv2.VideoWriter(
            str(videos / f'clip {index}.mp4'), cv2.VideoWriter_fourcc(*'mp4v'),
            10, (160, 128))
        for time in range(20):
            frame = np.full((128, 160, 3), 60 * index, dtype=np.uint8)
            x = 4 * time + 10 * index
            frame[40:80, x:x + 40] = (0, 200, 255)
            writer.write(frame)
        writer.release()
    work_dir = tmp_path / 'work'
    done = call(tmp_path, '--smoke', '--videos', videos, '--work-dir',
                work_dir)
    assert done.returncode == 0, done.stdout[-3000:]
    report = check_report(work_dir / 'report', set())
    assert 'No probes' in report and 'my videos' in report
    assert len(list((work_dir / 'videos').glob('*.mp4'))) == 3
    assert len(list(videos.iterdir())) == 3
    assert not (tmp_path / 'cache').exists()  # nothing was rendered
