"""The plan: which configs are trained, from which teachers."""
import pytest
from mmengine.config import Config

from demo.quickstart import finetuning, plan


class TestPlan:

    @pytest.mark.parametrize('kind, ending', [
        ('quickstart', '_motion-shapes-rgb.py'),
        ('videos', '_videos-rgb.py'),
        ('mini', '_motion-shapes-hard-rgb.py'),
    ])
    def test_existing_configs_each_with_a_folder(self, kind, ending, tmp_path):
        stages = plan.stages_of(tmp_path, kind)
        starts = dict(mae='mae_vit-', videomae='videomae_vit-', mvd='mvd_vit-')
        if kind != 'videos':
            starts.update(finetune_scratch='vit-', finetune_mvd='vit-')
        assert list(stages) == list(starts)
        for number, (name, item) in enumerate(stages.items(), 1):
            assert item.config.is_file()
            assert item.config.name.startswith(starts[name])
            assert item.config.name.endswith(ending)
            assert item.work_dir == tmp_path / name
            assert item.title.startswith(f'{number}/{len(starts)} ')

    def test_own_videos_with_labels_are_fine_tuned(self, tmp_path):
        stages = plan.stages_of(tmp_path, 'videos', labelled=True)
        assert list(stages)[3:] == ['finetune_scratch', 'finetune_mvd']
        student, classifier = (
            Config.fromfile(stages[name].config).model.backbone
            for name in ('mvd', 'finetune_mvd'))
        for key in ('img_size', 'patch_size', 'embed_dims', 'depth',
                    'num_heads', 'num_frames'):
            assert student[key] == classifier[key], key

    def test_the_image_teacher_is_shown_before_the_next_training(
            self, tmp_path, monkeypatch):
        order = []

        def train(item, *_):
            order.append(item.work_dir.name)
            return f'{item.work_dir.name}.pth'

        monkeypatch.setattr(plan, 'train', train)
        stages = plan.stages_of(tmp_path, 'videos')
        plan.pretrain(stages, {}, 0, None, order.append)
        assert order == ['mae', 'mae.pth', 'videomae', 'mvd']

    @pytest.mark.parametrize('kind', ['quickstart', 'mini'])
    def test_ablation_adds_a_student_of_each_teacher_alone(
            self, kind, tmp_path):
        plain = plan.stages_of(tmp_path, kind)
        stages = plan.stages_of(tmp_path, kind, ablation=True)
        assert set(stages) - set(plain) == {
            'mvd_image', 'mvd_video', 'finetune_mvd_image',
            'finetune_mvd_video'
        }
        for branch in ('image', 'video'):
            cfg = Config.fromfile(stages[f'mvd_{branch}'].config)
            assert list(cfg.model.branches) == [branch]
        # every fine-tuning is the same training
        assert len({
            item.config
            for name, item in stages.items() if name in finetuning.NAMES
        }) == 1
        assert [n for n in stages
                if n.startswith('finetune_')] == list(finetuning.NAMES)

    def test_every_student_is_given_its_teachers_alone(self, tmp_path,
                                                       monkeypatch):
        calls = {}

        def train(item, options, seed, clock):
            calls[item.work_dir.name] = options
            return f'{item.work_dir.name}.pth'

        monkeypatch.setattr(plan, 'train', train)
        stages = plan.stages_of(tmp_path, 'quickstart', ablation=True)
        done = plan.pretrain(stages, {'key': 1}, 0, None)
        image = {'model.branches.image.teacher.checkpoint': 'mae.pth'}
        video = {'model.branches.video.teacher.checkpoint': 'videomae.pth'}
        assert calls == {
            name: dict(key=1, **teachers)
            for name, teachers in dict(
                mae={},
                videomae={},
                mvd={
                    **image,
                    **video
                },
                mvd_image=image,
                mvd_video=video).items()
        }
        assert done == {name: f'{name}.pth' for name in calls}
