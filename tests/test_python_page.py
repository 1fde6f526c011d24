"""docs/python.md: its lines run, its configs train."""
import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import mmaction
import pytest
import torch
from mmengine.config import Config

from mvd_mm.models import MVDVisionTransformer

ROOT = Path(__file__).parents[1]
PAGE = ROOT / 'docs' / 'python.md'


def config_of_page(name):
    """The block of the page that begins with the name of a config."""
    return re.search(rf'```python\n(# {name}\n.*?)```', PAGE.read_text(),
                     re.DOTALL).group(1)


@pytest.mark.slow
def test_lines_of_the_page_print_what_it_says(tmp_path, monkeypatch,
                                              make_video):
    monkeypatch.chdir(tmp_path)
    make_video(tmp_path / 'video.mp4', num_frames=16, size=(320, 240))
    vit = MVDVisionTransformer(
        embed_dims=384, num_heads=6, use_mean_pooling=False)
    torch.save({
        f'backbone.{k}': v
        for k, v in vit.state_dict().items()
    }, 'mvd_vit-small.pth')
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried >= 15 and failed == 0


def test_config_trains_with_the_tools_of_mmaction(tmp_path, make_video):
    for index in range(2):
        make_video(
            tmp_path / 'data' / 'videos' / f'{index}.mp4', size=(64, 64))
    (tmp_path / 'data' / 'train.txt').write_text('0.mp4 3\n1.mp4 9\n')
    (tmp_path / 'my_config.py').write_text(config_of_page('my_config.py'))
    tool = Path(mmaction.__file__).parent / '.mim' / 'tools' / 'train.py'
    # one block, one epoch: the rest is as it stands
    done = subprocess.run([
        sys.executable,
        str(tool), 'my_config.py', '--cfg-options', 'model.backbone.depth=1',
        'train_cfg.max_epochs=1'
    ],
                          cwd=tmp_path,
                          env=dict(os.environ, PYTHONPATH=str(ROOT)),
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          text=True,
                          timeout=300)
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / 'work_dirs' / 'my_config' / 'epoch_1.pth').is_file()


def test_config_is_short_and_inherits_nothing_that_only_tests():
    text = config_of_page('my_config.py')
    assert text.count('\n') <= 32
    assert re.findall(r'mmaction::\S+?\.py',
                      text) == ['mmaction::_base_/default_runtime.py']


def test_inherited_config_is_ours_with_the_changes(tmp_path):
    path = tmp_path / 'my_leaf.py'
    path.write_text(config_of_page('my_leaf.py'))
    model = Config.fromfile(path).model
    assert model.cls_head.num_classes == 5
    assert model.data_preprocessor.blending.num_classes == 5
    assert model.backbone.type == 'mvd_mm.MVDVisionTransformer'
