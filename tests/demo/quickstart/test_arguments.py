"""The command line: what is refused, where a run goes, how it goes on."""
import pytest

from demo.quickstart import __main__ as command
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


def parse(*options):
    return arguments.parse_args([str(option) for option in options])


class TestResume:

    @pytest.fixture
    def begin(self, tmp_path, monkeypatch):
        """Begin a run in a folder below the default one."""
        monkeypatch.setattr(arguments, 'RUNS', tmp_path / 'runs')

        def call(name, *options):
            work_dir = tmp_path / 'runs' / name
            return arguments.begin(parse(*options, '--work-dir', work_dir))

        return call

    def test_the_options_are_those_of_the_run(self, begin, tmp_path,
                                              monkeypatch):
        (tmp_path / 'mine').mkdir()
        monkeypatch.chdir(tmp_path)
        work_dir = begin('a', '--videos', 'mine', '--smoke', '--seed', '3')
        monkeypatch.chdir('/')  # the folder was named relative to another
        options = parse('--resume', '--work-dir', work_dir)
        assert arguments.resume(options) == work_dir
        assert options.videos == tmp_path / 'mine'
        assert (options.smoke, options.seed, options.task,
                options.mini) == (True, 3, 'recognition', False)

    def test_without_a_folder_the_newest_run_goes_on(self, begin):
        begin('20250102_000000', '--mini')
        newest = begin('20250103_000000', '--ablation')
        begin('20250101_000000')
        options = parse('--resume')
        assert arguments.resume(options) == newest
        assert options.ablation and not options.mini

    def test_the_same_options_may_be_repeated_others_are_refused(self, begin):
        work_dir = begin('a', '--seed', '3')
        arguments.resume(
            parse('--resume', '--work-dir', work_dir, '--seed', '3'))
        for wrong in (['--seed', '4'], ['--mini'], ['--videos', 'mine']):
            with pytest.raises(ValueError) as error:
                arguments.resume(
                    parse('--resume', '--work-dir', work_dir, *wrong))
            for word in (f'`{wrong[0]}`', str(work_dir), 'leave the option'):
                assert word in str(error.value)

    def test_where_there_is_no_run_the_way_out_is_named(self, begin, tmp_path):
        for options in (['--resume'],
                        ['--resume', '--work-dir', tmp_path / 'none']):
            with pytest.raises(
                    FileNotFoundError, match='start one without `--resume`'):
                arguments.resume(parse(*options))

    def test_a_fresh_start_in_a_used_folder_names_resume(self, begin):
        work_dir = begin('a')
        with pytest.raises(FileExistsError, match='`--resume` goes on'):
            begin('a')
        assert [path.name for path in work_dir.iterdir()] == [arguments.RECORD]


class TestMain:

    @pytest.fixture
    def interrupted(self, tmp_path, monkeypatch):
        """Call the quickstart and stop its task by an error."""

        def call(error, *options):

            def stop(*_):
                raise error

            monkeypatch.setattr(command, 'run', stop)
            main([*options, '--work-dir', str(tmp_path / 'my runs')])

        return call

    @pytest.mark.parametrize('error, raised', [
        (KeyboardInterrupt(), SystemExit),
        (RuntimeError('reason'), RuntimeError),
    ])
    def test_an_interrupted_run_says_how_to_go_on(self, error, raised,
                                                  interrupted, tmp_path,
                                                  capsys):
        with pytest.raises(raised):
            interrupted(error)
        line = f"--resume --work-dir '{tmp_path / 'my runs'}'"
        assert f'bash tools/quickstart.sh {line}' in capsys.readouterr().out
        with pytest.raises(raised):  # and that is how it goes on
            interrupted(error, '--resume')
        assert 'going on in' in capsys.readouterr().out

    def test_a_finished_run_is_not_done_again(self, interrupted, tmp_path,
                                              capsys):
        with pytest.raises(RuntimeError):
            interrupted(RuntimeError())
        report = tmp_path / 'my runs' / 'report' / 'report.md'
        report.parent.mkdir()
        report.write_text('')
        interrupted(RuntimeError(), '--resume')
        assert f'is finished, its report is {report}' in (
            capsys.readouterr().out)


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
