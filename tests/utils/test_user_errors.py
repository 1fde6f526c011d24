import logging

import pytest
from mmengine.logging import MMLogger
from torch.utils.data import DataLoader, Dataset

from mvd_mm.utils.ranges import check_counts
from mvd_mm.utils.user_errors import message_for_users, run_command


def fails():
    check_counts(depth=0)


def caught(function):
    try:
        function()
    except BaseException as error:
        return error


class Broken(Dataset):

    def __len__(self):
        return 1

    def __getitem__(self, index):
        check_counts(depth=-1)


def test_what_is_raised_on_purpose_is_one_line():
    assert message_for_users(caught(fails)) == (
        'ValueError: `depth` must be a whole number from 1 on, got 0')


def test_a_fault_keeps_its_traceback():
    # neither the package says `raise`, nor is it the file's fault
    assert message_for_users(caught(lambda: check_counts(1, 2))) is None
    assert message_for_users(caught(lambda: [].pop())) is None


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    path = tmp_path / 'none'
    assert message_for_users(caught(lambda: open(path))) == (
        f"FileNotFoundError: No such file or directory: '{path}'")


def test_an_error_in_a_worker_is_one_line():
    loader = DataLoader(Broken(), num_workers=1)
    assert message_for_users(caught(lambda: next(iter(loader)))) == (
        'ValueError: `depth` must be a whole number from 1 on, got -1')


def test_too_little_memory_says_what_to_lower():
    error = RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes")
    assert 'batch_size' in message_for_users(error)


@pytest.mark.parametrize('asked', [False, True])
def test_a_command_ends_with_one_line_unless_more_is_asked_for(
        capsys, monkeypatch, tmp_path, asked):
    monkeypatch.setenv('MVD_MM_TRACEBACK', str(int(asked)))
    handler = logging.FileHandler(tmp_path / 'log')
    logger = MMLogger.get_current_instance()
    logger.addHandler(handler)
    try:
        with pytest.raises(ValueError if asked else SystemExit) as ended:
            run_command(fails)
    finally:
        logger.removeHandler(handler)
    if not asked:
        assert ended.value.code == 1
        assert capsys.readouterr().err.startswith('ValueError: `depth`')
        # the calls that led to it are in the log
        assert 'check_counts(depth=0)' in (tmp_path / 'log').read_text()


def test_the_status_of_a_command_is_passed_on():
    for status in (None, 3):
        with pytest.raises(SystemExit) as ended:
            run_command(lambda: status)
        assert ended.value.code == status
