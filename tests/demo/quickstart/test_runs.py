"""Trainings and tests: commands, logs, progress, failures."""
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
                  'path.write_text(sys.argv[0])\n')
        # a whole path, as an `out_dir` of the checkpoint hook gives
        assert run(script, {}) == str(tmp_path / 'train.py')
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

    def test_a_failing_test_names_its_log_and_shows_its_end(
            self, run, tmp_path, capsys):
        with pytest.raises(RuntimeError) as error:
            run('raise ValueError("the reason")')
        log = tmp_path / 'run' / 'test' / 'test.log'
        assert str(log) in str(error.value)
        assert 'the reason' in capsys.readouterr().err
