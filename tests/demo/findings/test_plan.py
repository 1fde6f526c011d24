"""Students differ in what they learn from, and in nothing else."""
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope

from demo.findings import plan
from demo.findings.options import finetuning_options, pretraining_options

FILES = {name: f'{name}.pth' for name in plan.TEACHERS}


def config(name, smoke=False):
    cfg = Config.fromfile(plan.config_of(plan.TRAININGS[name].config))
    cfg.merge_from_dict({
        key: str(value) if isinstance(value, Path) else value
        for key, value in pretraining_options(name, Path('videos'), FILES,
                                              smoke).items()
    })
    return cfg


@pytest.mark.parametrize('name', plan.STUDENTS)
def test_students_have_one_network_and_learn_from_the_same_clips(name):
    cfg, first = config(name), config('both')
    backbone, other = dict(cfg.model.backbone), dict(first.model.backbone)
    for each in (backbone, other):
        each.pop('pos_embed_type', None)  # of the kind of pre-training
        each.setdefault('drop_path_rate', 0.)
    assert backbone == other
    loader, wanted = cfg.train_dataloader, first.train_dataloader
    assert loader.dataset.ann_file == wanted.dataset.ann_file
    assert loader.batch_size == wanted.batch_size
    assert cfg.optim_wrapper.optimizer == first.optim_wrapper.optimizer


def test_students_train_equally_long_and_pixels_as_long_as_two():
    epochs = {
        name: config(name).train_cfg.max_epochs
        for name in plan.TRAININGS
    }
    assert len({epochs[name]
                for name in plan.STUDENTS if name != 'pixels'}) == 1
    assert epochs['pixels'] == epochs['video_teacher'] + epochs['both']
    assert config('amd', smoke=True).train_cfg.max_epochs == 1


@pytest.mark.parametrize('name, branches', [('image', ['image']),
                                            ('video', ['video']),
                                            ('both', ['image', 'video'])])
def test_a_student_has_its_teachers(name, branches):
    found = config(name).model.branches
    assert sorted(found) == branches
    for branch in branches:
        assert found[branch].teacher.checkpoint == f'{branch}_teacher.pth'


def test_amd_has_the_video_teacher():
    assert config('amd').model.teacher.checkpoint == 'video_teacher.pth'


@pytest.mark.parametrize('name', list(plan.TRAININGS))
def test_models_are_built_and_both_teachers_are_equally_large(name):
    cfg = config(name)
    for branch in cfg.model.get('branches', {}).values():
        branch.teacher.update(random_init=True, checkpoint=None)
    if 'teacher' in cfg.model:
        cfg.model.teacher.update(random_init=True, checkpoint=None)
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg.model)
    assert len(model.backbone.blocks) == 4
    assert model.backbone.embed_dims == 128


def test_teachers_files_fit_the_branches():
    vit = config('both').model.branches.image.teacher.vit
    trained = config('image_teacher').model.backbone
    for key in ('embed_dims', 'depth', 'num_heads', 'img_size', 'patch_size'):
        assert vit[key] == trained[key]


def test_each_start_is_fine_tuned_on_each_task(tmp_path):
    stages = plan.stages_of(tmp_path, list(plan.TRAININGS))
    assert list(stages)[:7] == list(plan.TRAININGS)
    assert len(stages) == 7 + 2 * 6
    assert len({stage.work_dir for stage in stages.values()}) == 19
    assert list(plan.stages_of(tmp_path, plan.TEACHERS)) == list(plan.TEACHERS)
    for task in plan.TASKS:
        options = finetuning_options(task, tmp_path, False)
        assert options['train_cfg.val_interval'] == options[
            'train_cfg.max_epochs']
        assert options['model.cls_head.num_classes'] == 4
