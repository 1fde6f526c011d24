"""The newest whole checkpoint of a work directory."""
import os

import pytest
import torch

from mvd_mm.apis.resume import choose_start, find_resumable, saved_checkpoints


@pytest.fixture
def work_dir(tmp_path):
    """Three checkpoints, the newest of them noted by its name."""
    for age, name in enumerate(('iter_9.pth', 'epoch_2.pth', 'epoch_1.pth')):
        torch.save(dict(weight=torch.rand(500)), tmp_path / name)
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    torch.save({}, tmp_path / 'best_acc_epoch_2.pth')
    (tmp_path / 'last_checkpoint').write_text('iter_9.pth')
    return tmp_path


def damage(path, kind):
    data = bytearray(path.read_bytes())
    if kind == 'flipped':
        data[len(data) // 2] ^= 255
    else:
        data = data[:dict(empty=0, cut=len(data) // 2, tail=-1)[kind]]
    time = path.stat().st_mtime
    path.write_bytes(data)
    os.utime(path, (time, time))


def test_the_newest_first_and_no_best_ones(work_dir):
    names = [path.name for path in saved_checkpoints(work_dir)]
    assert names == ['iter_9.pth', 'epoch_2.pth', 'epoch_1.pth']


def test_the_note_decides(work_dir):
    (work_dir / 'last_checkpoint').write_text('epoch_2.pth\n')
    assert find_resumable(work_dir) == work_dir / 'epoch_2.pth'


@pytest.mark.parametrize('note', ['', 'gone.pth', '/elsewhere/gone.pth', None])
def test_without_a_usable_note_the_newest(work_dir, note):
    if note is None:
        (work_dir / 'last_checkpoint').unlink()
    else:
        (work_dir / 'last_checkpoint').write_text(note)
    assert find_resumable(work_dir) == work_dir / 'iter_9.pth'


def test_a_moved_work_directory_with_a_whole_path_in_its_note(work_dir):
    (work_dir / 'last_checkpoint').write_text('/old/place/epoch_2.pth')
    assert find_resumable(work_dir) == work_dir / 'epoch_2.pth'


@pytest.mark.parametrize('kind', ['empty', 'cut', 'tail', 'flipped'])
def test_a_damaged_newest_gives_way_and_both_are_named(work_dir, log_lines,
                                                       kind):
    damage(work_dir / 'iter_9.pth', kind)
    assert find_resumable(work_dir) == work_dir / 'epoch_2.pth'
    line, = log_lines
    assert 'iter_9.pth' in line and 'epoch_2.pth' in line


def test_two_damaged_ones_are_both_named(work_dir, log_lines):
    damage(work_dir / 'iter_9.pth', 'cut')
    damage(work_dir / 'epoch_2.pth', 'empty')
    assert find_resumable(work_dir) == work_dir / 'epoch_1.pth'
    assert 'iter_9.pth' in log_lines[0] and 'epoch_2.pth' in log_lines[1]


def test_nothing_whole_is_told(work_dir):
    for path in saved_checkpoints(work_dir):
        damage(path, 'cut')
    with pytest.raises(ValueError, match='iter_9.pth.*epoch_2.*epoch_1'):
        find_resumable(work_dir)


def test_a_half_written_file_is_no_checkpoint(tmp_path):
    (tmp_path / '.epoch_1.pth.part').write_bytes(b'PK')
    assert find_resumable(tmp_path) is None
    assert choose_start(
        tmp_path, resume=False, overwrite=False, optional=False) is None
