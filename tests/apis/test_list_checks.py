"""A missing list of videos is named by the key that holds it."""
import pytest
from mmengine.config import Config

from mvd_mm.apis.list_checks import check_lists


def dataset(path, kind='CheckedVideoDataset', **more):
    return dict(type=f'mvd_mm.{kind}', ann_file=str(path), **more)


@pytest.fixture
def cfg(tmp_path):
    """Every list exists."""
    for name in ('train', 'val', 'test', 'bank'):
        (tmp_path / f'{name}.txt').write_text('x.mp4 0\n')
    loaders = {
        f'{part}_dataloader': dict(dataset=dataset(tmp_path / f'{part}.txt'))
        for part in ('train', 'val', 'test')
    }
    loops = {f'{part}_cfg': dict() for part in ('train', 'val', 'test')}
    return Config(dict(**loaders, **loops))


@pytest.mark.parametrize('part', ['train', 'val', 'test'])
def test_the_key_is_that_of_the_part(cfg, part, tmp_path):
    check_lists(cfg, ('train', 'val', 'test'))
    (tmp_path / f'{part}.txt').unlink()
    with pytest.raises(FileNotFoundError) as info:
        check_lists(cfg, ('train', 'val', 'test'))
    message = str(info.value)
    assert f'named by `{part}_dataloader.dataset.ann_file`.' in message
    assert f'--cfg-options {part}_dataloader.dataset.ann_file=FILE' in message
    assert f'{part}.txt' in message and 'build_annotations.py' in message
    for other in {'train', 'val', 'test'} - {part}:
        assert f'{other}_dataloader' not in message


def test_every_key_of_a_missing_file_is_named(cfg, tmp_path):
    cfg.test_dataloader.dataset.ann_file = str(tmp_path / 'val.txt')
    (tmp_path / 'val.txt').unlink()
    with pytest.raises(FileNotFoundError) as info:
        check_lists(cfg, ('val', 'test'))
    for part in ('val', 'test'):
        assert f'`{part}_dataloader.dataset.ann_file`' in str(info.value)


@pytest.mark.parametrize('kind', ['CheckedVideoDataset', 'RepeatedAugDataset'])
def test_lists_inside_wrappers_and_loops_are_found(cfg, kind, tmp_path):
    wrapped = dict(type='RepeatDataset', times=2, dataset=dataset('no', kind))
    cfg.train_dataloader.dataset = wrapped
    with pytest.raises(
            FileNotFoundError,
            match='`train_dataloader.dataset.dataset.ann_file`'):
        check_lists(cfg, ('train', ))
    cfg.test_cfg = dict(bank_dataloader=dict(dataset=dataset('no', kind)))
    with pytest.raises(
            FileNotFoundError,
            match='`test_cfg.bank_dataloader.dataset.ann_file`'):
        check_lists(cfg, ('test', ))


def test_what_does_not_run_is_not_checked(cfg, tmp_path):
    (tmp_path / 'val.txt').unlink()
    check_lists(cfg, ('train', 'test'))
    cfg.val_cfg = None  # --no-validate
    check_lists(cfg, ('train', 'val'))
    cfg.train_dataloader.dataset = dict(type='AVADataset', ann_file='no')
    check_lists(cfg, ('train', ))  # its class says itself what is missing


def test_a_path_starts_from_the_data_root(cfg, tmp_path):
    cfg.train_dataloader.dataset = dataset(
        'train.txt', data_root=str(tmp_path))
    check_lists(cfg, ('train', ))
