"""The command line: what is refused, and where a run goes."""
import pytest

from demo.quickstart import arguments
from demo.quickstart.__main__ import main


class TestWorkDir:

    def test_a_new_or_an_empty_folder_is_taken(self, tmp_path):
        for _ in range(2):
            found = arguments.new_work_dir(tmp_path / 'a' / 'b')
            assert found == (tmp_path / 'a' / 'b').resolve()
            assert found.is_dir()

    def test_a_folder_that_holds_anything_is_refused(self, tmp_path):
        (tmp_path / 'mae').mkdir()
        with pytest.raises(FileExistsError) as error:
            arguments.new_work_dir(tmp_path)
        for word in ('--work-dir', str(tmp_path), 'not empty', 'new folder'):
            assert word in str(error.value)
        assert list(tmp_path.iterdir()) == [tmp_path / 'mae']

    def test_the_default_is_new_below_work_dirs(self, tmp_path, monkeypatch):
        monkeypatch.setattr(arguments, 'RUNS', tmp_path / 'runs')
        found = arguments.new_work_dir(None)
        assert found.parent == tmp_path / 'runs'
        assert found.is_dir() and not list(found.iterdir())


class TestBadCalls:

    @pytest.mark.parametrize('options, message', [
        (['--videos', 'none'], '`--videos` none is not a folder'),
        (['--videos', '.', '--mini'], 'exclude each other'),
        (['--videos', '.', '--ablation'], 'exclude each other'),
        (['--student', 'none.pth'], '`--student` belongs to'),
        (['--task', 'detection', '--student', 'none.pth'], 'no file none.pth'),
        (['--task', 'detection', '--mini'], 'rendered set of its own'),
        (['--task', 'detection', '--videos', '.'], 'rendered set of its own'),
    ])
    def test_are_refused_before_anything_is_written(self, options, message,
                                                    tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises((ValueError, FileNotFoundError, NotADirectoryError),
                           match=message):
            main([*options, '--work-dir', 'work'])
        assert not list(tmp_path.iterdir())
