import pytest
import torch
from mmengine.config import Config

from mvd_mm.apis.weight_checks import check_weight_file, check_weight_files


def model(path):
    return dict(
        branches=dict(
            video=dict(
                teacher=dict(type='mvd_mm.VideoMAETeacher', checkpoint=path))),
        backbone=dict(init_cfg=[dict(type='Pretrained', checkpoint=path)]))


@pytest.mark.parametrize('content, words',
                         [(b'', 'is empty'),
                          (b'<html>' * 20, 'is a text file'),
                          (b'PK\3\4' + b'\0' * 99, 'cut short')])
def test_damaged_files_are_named_by_their_key(tmp_path, content, words):
    path = tmp_path / 'x.pth'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f'`load_from`.*x.pth.*{words}'):
        check_weight_files(Config(dict(load_from=str(path))), train=False)
    key = 'model.branches.video.teacher.checkpoint'
    with pytest.raises(ValueError, match=f'`{key}`.*{words}'):
        check_weight_files(Config(dict(model=model(str(path)))), train=True)
    # a test reads neither teachers nor what training began with
    check_weight_files(Config(dict(model=model(str(path)))), train=False)


@pytest.mark.parametrize('name, words', [('none.pth', 'does not exist'),
                                         ('', 'folder'), ('a\0b', 'zero byte'),
                                         ('n' * 300, 'cannot be a file')])
def test_what_is_no_file_is_named(tmp_path, name, words):
    with pytest.raises((FileNotFoundError, ValueError), match=words):
        check_weight_file(str(tmp_path / name), 'load_from')


def test_a_missing_teacher_is_named_with_a_way_out(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        check_weight_files(Config(dict(model=model('none.pth'))), train=True)
    for word in ('VideoMAETeacher', "'none.pth'", '--cfg-options'):
        assert word in str(error.value)


def test_whole_files_addresses_and_none_pass(tmp_path):
    torch.save(dict(a=torch.ones(1)), tmp_path / 'x.pth')
    check_weight_files(
        Config(
            dict(
                load_from='https://x.org/y.pth',
                model=model(str(tmp_path / 'x.pth')))), True)
    check_weight_files(Config(dict(load_from=None, model=model(None))), True)
