"""Folders of comparisons."""
import pytest

from demo.work_dirs import claim_work_dir


def test_is_found_again_by_the_same_options(tmp_path):
    first = claim_work_dir(tmp_path / 'a', dict(seed=3), 'runs')
    (first / 'run').mkdir()
    assert claim_work_dir(tmp_path / 'a', dict(seed=3), 'runs') == first


def test_of_other_options_is_refused(tmp_path):
    claim_work_dir(tmp_path / 'a', dict(seed=3), 'runs')
    with pytest.raises(ValueError, match="holds runs of.*'seed': 3.*another"):
        claim_work_dir(tmp_path / 'a', dict(seed=4), 'runs')


def test_with_other_files_is_refused(tmp_path):
    (tmp_path / 'mine.txt').touch()
    with pytest.raises(ValueError, match='holds no findings: name a new'):
        claim_work_dir(tmp_path, dict(seed=3), 'findings')
