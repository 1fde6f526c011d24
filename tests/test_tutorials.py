"""docs/tutorials: the files that a page shows are written and trained."""
import re
import sys
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper
from mmengine.registry import DATASETS, MODELS, DefaultScope

from mvd_mm.apis.config_checks import check_module_arguments

FOLDER = Path(__file__).parents[1] / 'docs' / 'tutorials'


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write the blocks that begin with the name of a file."""

    def write(page):
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(str(tmp_path))
        text = (FOLDER / page).read_text()
        found = re.findall(r'```python\n(# (\S+\.py)\n.*?)```', text,
                           re.DOTALL)
        for content, name in found:
            (tmp_path / name).write_text(content)
        assert len(found) == text.count('```python')
        return {name: content for content, name in found}

    yield write
    for name in ('my_teacher', 'my_decoder', 'my_dataset'):
        sys.modules.pop(name, None)
    for name in ('ConvTeacher', 'MeanDecoder'):
        MODELS.module_dict.pop(name, None)
    DATASETS.module_dict.pop('JsonVideos', None)


def train(steps=20):
    """Steps of the page's config on one batch; the losses of each."""
    cfg = Config.fromfile('my_config.py')  # does what `custom_imports` says
    check_module_arguments(cfg)
    for name in ('image', 'video'):
        cfg.model.branches[name].teacher.random_init = True
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg.model)
    model.init_weights()
    wrapper = OptimWrapper(
        torch.optim.AdamW([p for p in model.parameters() if p.requires_grad],
                          1e-3))
    data = dict(
        inputs=dict(
            imgs=torch.randint(0, 256, (4, 1, 3, 8, 48, 48)).byte(),
            mask=(torch.arange(36) % 4 > 0).repeat(4, 4)))
    return model, [model.train_step(data, wrapper) for _ in range(steps)]


class TestNewTeacher:

    def test_takes_fewer_than_60_lines(self, files):
        lines = sum(
            text.count('\n') for text in files('new_teacher.md').values())
        assert lines < 60
        assert f'{lines} lines together' in (FOLDER /
                                             'new_teacher.md').read_text()

    def test_teaches_beside_the_others(self, files, tmp_path):
        files('new_teacher.md')
        model, logs = train()
        assert set(
            logs[0]) == {'loss', 'loss_image', 'loss_video', 'loss_mine'}
        for name in ('loss_image', 'loss_video', 'loss_mine'):
            assert logs[-1][name] < logs[0][name]
        teacher = model.branches['mine']['teacher']
        assert not any(p.requires_grad for p in teacher.parameters())

        torch.save(teacher.vit.state_dict(), tmp_path / 'mine.pth')
        cfg = Config.fromfile('my_config.py').model.branches.mine.teacher
        cfg.update(checkpoint='mine.pth', random_init=False)
        other = MODELS.build(cfg)
        other.init_weights()
        clip = torch.randn(2, 3, 8, 48, 48)
        assert torch.equal(other(clip), teacher(clip))
        assert not other.state_dict()  # its file holds the weights
        # tokens stand in the order of the grid: time, height, width
        before = other(clip)
        clip[:, :, 2:4, 8:16, 16:24] += 9  # slice 1, row 1, column 2
        change = (other(clip) - before).norm(dim=-1).argmax(1)
        assert change.tolist() == [36 + 6 + 2] * 2


def test_new_decoder_predicts_for_both_teachers(files):
    files('new_decoder.md')
    model, logs = train()
    for name in ('loss_image', 'loss_video'):
        assert logs[-1][name] < logs[0][name]
    result = model(
        dict(
            imgs=torch.randn(1, 3, 8, 48, 48),
            mask=(torch.arange(36) % 4 > 0).repeat(1, 4)),
        mode='predict')
    assert result['video']['pred'].shape == (1, 108, 128)


def test_new_data_set_gives_clips_and_masks(files, tmp_path, make_video):
    files('new_dataset.md')
    page = (FOLDER / 'new_dataset.md').read_text()
    rows, = re.findall(r'```json\n(.*?)```', page, re.DOTALL)
    (tmp_path / 'clips.json').write_text(rows)
    for name in ('a.mp4', 'b.mp4'):
        make_video(tmp_path / 'videos' / name, num_frames=20)
    cfg = Config.fromfile('my_config.py')
    with DefaultScope.overwrite_default_scope('mmaction'):
        dataset = DATASETS.build(cfg.train_dataloader.dataset)
        samples = [dataset[index] for index in range(2)]
    assert [s['data_samples'].gt_label.item() for s in samples] == [0, 1]
    assert dataset.max_label == 1
    for sample in samples:
        assert sample['inputs']['imgs'].shape[-4:] == (3, 8, 48, 48)
        assert sample['inputs']['mask'].sum() == 4 * 27
