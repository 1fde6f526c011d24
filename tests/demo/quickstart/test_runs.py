"""Trainings and tests: commands, logs, progress, failures, resuming."""
import os
import time

import pytest

from demo.quickstart import runs
from demo.quickstart.clock import Clock
from demo.quickstart.stage import Stage

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


class TestProgress:

    @pytest.mark.parametrize('line, parts', LINES.items())
    def test_lines_of_mmengine_are_understood(self, line, parts):
        match = runs._LINE.search(line + '\n')
        assert match.groups() == parts

    @pytest.mark.parametrize('line', [
        '11/23 21:27:30 - mmengine - INFO - Saving checkpoint at 1 epochs',
        '11/23 21:27:30 - mmengine - INFO - Epoch(val) [1][2/2]  loss: 1.0',
        'model = dict(loss=dict(type="loss: 1"))',
    ])
    def test_other_lines_are_passed_over(self, line):
        assert runs._LINE.search(line) is None


class TestTrain:

    @pytest.fixture
    def run(self, tmp_path, monkeypatch):
        """Train with a stand-in for ``tools/train.py``."""
        monkeypatch.setattr(runs, 'TOOLS', tmp_path)
        config = tmp_path / 'config.py'
        config.write_text('train_cfg = dict(max_epochs=4)\n')
        item = Stage('1/1 title', config, tmp_path / 'run', 1)

        def call(script, options):
            (tmp_path / 'train.py').write_text(script)
            return runs.train(item, options, 7, Clock([item]))

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
        assert run(script, options) == str(tmp_path / 'run' / 'epoch_2.pth')
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

    def test_epochs_are_those_of_the_config(self, run, tmp_path, capsys):
        script = ('import sys, pathlib\n'
                  f'print({LINE.replace("[1][20/60]", "[3][60/60]")!r})\n'
                  'work_dir = sys.argv[sys.argv.index("--work-dir") + 1]\n'
                  'path = pathlib.Path(work_dir, "last_checkpoint")\n'
                  'path.write_text("epoch_4.pth")\n')
        assert run(script, {}) == str(tmp_path / 'run' / 'epoch_4.pth')
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


class TestResume:
    """A stand-in for ``tools/train.py`` prints what it is given."""

    SCRIPT = ('import sys, pathlib\n'
              'print(*sys.argv[1:], sep="|")\n'
              'print({line!r})\n'
              'work_dir = sys.argv[sys.argv.index("--work-dir") + 1]\n'
              'path = pathlib.Path(work_dir, "last_checkpoint")\n'
              'path.write_text("epoch_4.pth")\n')

    @pytest.fixture
    def stage(self, tmp_path, monkeypatch):
        monkeypatch.setattr(runs, 'TOOLS', tmp_path)
        config = tmp_path / 'config.py'
        config.write_text('train_cfg = dict(max_epochs=4)\n')
        line = LINE.replace('[1][20/60]', '[3][60/60]')
        (tmp_path / 'train.py').write_text(self.SCRIPT.format(line=line))
        return Stage('1/1 title', config, tmp_path / 'run', 8)

    def train(self, stage):
        clock = Clock([stage])
        return runs.train(stage, {}, 7, clock), clock

    def test_a_finished_training_is_kept(self, stage, tmp_path, capsys):
        first, clock = self.train(stage)
        assert clock.done == pytest.approx(4)  # from epoch 3 on
        (tmp_path / 'train.py').write_text('raise SystemExit(1)\n')
        again, clock = self.train(stage)
        assert again == first
        assert clock.total == 0 and clock.done == 0
        assert f'finished before: {first}' in capsys.readouterr().out

    def test_an_interrupted_one_goes_on_from_its_checkpoint(
            self, stage, capsys):
        stage.work_dir.mkdir()
        (stage.work_dir / 'epoch_2.pth').write_bytes(b'')
        (stage.work_dir / 'train.log').write_text('before\n')
        _, clock = self.train(stage)
        log = (stage.work_dir / 'train.log').read_text().splitlines()
        assert log[0] == 'before'
        assert '|--seed|7|--resume|--cfg-options' in log[1]
        # the two epochs before take no time now
        assert clock.total == clock.done == pytest.approx(4)
        shown = capsys.readouterr().out
        assert 'config.py --resume' in shown and 'epoch 3/4,  75 %' in shown

    def test_without_a_checkpoint_it_begins_again(self, stage):
        stage.work_dir.mkdir()
        (stage.work_dir / 'train.log').write_text('before\n')
        self.train(stage)
        log = (stage.work_dir / 'train.log').read_text()
        assert 'before' not in log and '--resume' not in log

    def test_a_failed_one_is_not_finished(self, stage, tmp_path):
        (tmp_path / 'train.py').write_text('raise SystemExit(1)\n')
        with pytest.raises(RuntimeError):
            self.train(stage)
        assert not runs.is_finished(stage.work_dir)

    def test_an_interruption_ends_the_training_as_well(self, stage, tmp_path,
                                                       monkeypatch):
        (tmp_path / 'train.py').write_text(
            'import os, time\n'
            f'print({LINE!r}, os.getpid(), flush=True)\n'
            'time.sleep(60)\n')

        def interrupt(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(Clock, 'text', interrupt)
        begin = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            self.train(stage)
        assert time.monotonic() - begin < 30
        line = (stage.work_dir / 'train.log').read_text().splitlines()[0]
        with pytest.raises(ProcessLookupError):
            os.kill(int(line.split()[-1]), 0)

    @pytest.mark.parametrize('noted',
                             ['epoch_4.pth', '/elsewhere/epoch_4.pth'])
    def test_a_checkpoint_is_found_where_the_folder_is_now(
            self, noted, tmp_path):
        (tmp_path / 'epoch_4.pth').write_bytes(b'')
        (tmp_path / 'last_checkpoint').write_text(noted + '\n')
        assert runs.checkpoint_of(tmp_path) == str(tmp_path / 'epoch_4.pth')


class TestWorkers:

    def test_none_but_the_configs_without_a_gpu(self, monkeypatch):
        monkeypatch.setattr(runs.torch.cuda, 'is_available', lambda: False)
        assert runs.worker_options(['train', 'val']) == {}

    @pytest.mark.parametrize('cores, workers', [(1, 1), (2, 1), (6, 5),
                                                (64, 8)])
    def test_as_many_as_the_cores_of_a_gpus_machine_allow(
            self, cores, workers, monkeypatch):
        monkeypatch.setattr(runs.torch.cuda, 'is_available', lambda: True)
        monkeypatch.setattr(
            runs.os,
            'sched_getaffinity',
            lambda _: set(range(cores)),
            raising=False)
        assert runs.worker_options(['train', 'val']) == {
            'train_dataloader.num_workers': workers,
            'train_dataloader.persistent_workers': True,
            'val_dataloader.num_workers': workers,
            'val_dataloader.persistent_workers': True
        }


class TestTest:

    @pytest.fixture
    def run(self, tmp_path, monkeypatch):
        """Test with a stand-in for ``tools/test.py``."""
        monkeypatch.setattr(runs, 'TOOLS', tmp_path)
        item = Stage('1/1 title', tmp_path / 'config.py', tmp_path / 'run', 1)
        item.work_dir.mkdir()

        def call(script):
            (tmp_path / 'test.py').write_text(script)
            return runs.test(item, 'a.pth', {'key': 'a b'})

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

    def test_a_finished_test_is_read_again_and_an_interrupted_one_repeated(
            self, run, tmp_path):
        script = ('import sys, pathlib\n'
                  'work_dir = sys.argv[sys.argv.index("--work-dir") + 1]\n'
                  'folder = pathlib.Path(work_dir, "2025")\n'
                  'folder.mkdir()\n'
                  '(folder / "2025.json").write_text(\'{"a": 1}\')\n')
        folder = tmp_path / 'run' / 'test'
        (folder / '2024').mkdir(parents=True)
        (folder / '2024' / '2024.json').write_text('{')
        assert run(script) == {'a': 1}
        assert run('raise SystemExit(1)') == {'a': 1}

    def test_a_failing_test_names_its_log_and_shows_its_end(
            self, run, tmp_path, capsys):
        with pytest.raises(RuntimeError) as error:
            run('raise ValueError("the reason")')
        log = tmp_path / 'run' / 'test' / 'test.log'
        assert str(log) in str(error.value)
        assert 'the reason' in capsys.readouterr().err
