"""Options that name a variable of a config change what it computes."""
from argparse import Namespace

import pytest
from mmengine.config import Config

from mvd_mm.apis.command_line import load_config
from mvd_mm.apis.config_variables import merged_config, read_config

BASE = """size = 224
frames = 16
model = dict(img_size=size, num_frames=frames)
"""
LEAF = """_base_ = ['base.py']
total = 64  # Größe
lr = 1e-3 * total / 256
optim_wrapper = dict(optimizer=dict(type='AdamW', lr=lr))
"""


@pytest.fixture
def leaf(tmp_path):
    (tmp_path / 'base.py').write_text(BASE)
    path = tmp_path / 'leaf.py'
    path.write_text(LEAF)
    return path


def test_without_options_it_is_mmengines_config(leaf):
    cfg, settled = read_config(str(leaf), None)
    assert cfg.to_dict() == Config.fromfile(leaf).to_dict() and not settled


def test_variable_of_the_file(leaf):
    cfg, settled = read_config(str(leaf), dict(total=512))
    assert cfg.optim_wrapper.optimizer.lr == pytest.approx(2e-3)
    assert settled == {'total'}
    assert cfg.filename == str(leaf) and cfg.model.img_size == 224


def test_variable_of_a_base(leaf):
    cfg, settled = read_config(str(leaf), dict(size=112, frames=8))
    assert cfg.model == dict(img_size=112, num_frames=8)
    assert (cfg.size, cfg.frames) == (112, 8)
    assert settled == {'size', 'frames'}


def test_variables_of_file_and_base_together(leaf):
    cfg, _ = read_config(
        str(leaf), {
            'size': 96,
            'total': 256,
            'model.num_frames': 4
        })
    assert cfg.model == dict(img_size=96, num_frames=16)  # merged later
    assert cfg.optim_wrapper.optimizer.lr == pytest.approx(1e-3)


def test_files_of_the_user_are_left_alone(leaf):
    before = {p: p.read_text() for p in leaf.parent.iterdir()}
    read_config(str(leaf), dict(size=112))
    assert before == {p: p.read_text() for p in leaf.parent.iterdir()}


def test_text_of_the_config_names_no_temporary_folder(leaf, tmp_path_factory):
    cfg, _ = read_config(str(leaf), dict(size=112))
    assert 'img_size=size' in cfg.text and 'size = 112' in cfg.text
    assert str(tmp_path_factory.getbasetemp().parent) in str(leaf)
    assert '/tmp/tmp' not in cfg.text


def test_command_takes_a_variable_and_warns_of_one_without_effect(leaf):
    options = dict(
        config=str(leaf), local_rank=0, launcher='none', work_dir='w')
    cfg = load_config(Namespace(cfg_options=dict(size=32), **options))
    assert cfg.model.img_size == 32
    flat = leaf.parent / 'flat.py'  # as MMEngine writes a config
    flat.write_text('size = 224\nmodel = dict(img_size=224)\n')
    options['config'] = str(flat)
    with pytest.warns(UserWarning, match='size=32'):
        load_config(Namespace(cfg_options=dict(size=32), **options))


def test_merged_config_has_variables_and_keys(tmp_path):
    path = tmp_path / 'c.py'
    path.write_text('size = 4\nmodel = dict(side=2 * size, kind="a")\n')
    cfg = merged_config(path, {'size': 8, 'model.kind': 'b'})
    assert cfg.model.to_dict() == dict(side=16, kind='b')
    assert merged_config(path).model.side == 8
    with pytest.raises(FileNotFoundError, match='`config`'):
        merged_config(tmp_path / 'none.py')
