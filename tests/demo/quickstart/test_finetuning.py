"""Fine-tuning: what it starts from, what it trains and tests on."""
from demo.quickstart import data, finetuning, plan

START = 'model.backbone.init_cfg.checkpoint'


class TestFinetuning:

    def test_starts_from_the_named_student_and_reports_percent(
            self, tmp_path, monkeypatch):
        calls = []

        def train(item, options, seed, clock):
            calls.append((item.work_dir.name, options))
            return f'{item.work_dir.name}.pth'

        def test(item, checkpoint, options):
            assert checkpoint == f'{item.work_dir.name}.pth'
            # the start is not needed again: its file may be gone
            assert options[START] is None
            return {'acc/top1': 0.25, 'acc/top5': 0.75, 'time': 1.}

        monkeypatch.setattr(finetuning, 'train', train)
        monkeypatch.setattr(finetuning, 'test', test)
        stages = plan.stages_of(tmp_path, 'quickstart', ablation=True)
        students = {name: f'{name}.pth' for name in stages}
        found = finetuning.finetune_all(stages, students, {'key': 1}, 0, None)
        assert calls == [('finetune_scratch', {
            'key': 1,
            START: None
        })] + [(f'finetune_{name}', {
            'key': 1,
            START: f'{name}.pth'
        }) for name in ('mvd', 'mvd_image', 'mvd_video')]
        assert list(found) == list(finetuning.NAMES.values())
        assert all(row == dict(top1=25, top5=75) for row in found.values())
        table = finetuning.format_accuracies(found)
        assert '| after MVD | 25.0 | 75.0 |' in table

    def test_trains_on_one_list_and_tests_on_the_other(self, tmp_path):
        options = {'train_dataloader.dataset.ann_file': tmp_path / 'train.txt'}
        rendered = data.Data(tmp_path, tmp_path / 'train.txt',
                             tmp_path / 'val.txt', 10, options)
        found = finetuning.finetune_options(rendered, smoke=False)
        assert found == {
            **options,
            **{
                f'{part}_dataloader.dataset.{key}': value
                for part in ('val', 'test')
                for key, value in {
                    'ann_file': tmp_path / 'val.txt',
                    'data_prefix.video': tmp_path
                }.items()
            }
        }
        few = finetuning.finetune_options(rendered, smoke=True)
        assert few.pop('train_dataloader.dataset.indices') == 32
        assert few == found

    def test_own_videos_are_repeated_and_name_their_classes(self, tmp_path):
        lists = tmp_path / 'lists'
        lists.mkdir()
        (lists / 'train.txt').write_text('a/1.mp4\t0\n' * 7)
        dataset = 'train_dataloader.dataset'
        options = {
            f'{dataset}.times': 138,
            f'{dataset}.dataset.ann_file': lists / 'train.txt',
            f'{dataset}.dataset.data_prefix.video': tmp_path
        }
        own = data.Data(tmp_path, lists / 'train.txt', lists / 'val.txt', 3,
                        options)
        found = finetuning.finetune_options(own, smoke=False)
        assert found[f'{dataset}.times'] == 69  # about 480 clips an epoch
        assert found['model.cls_head.num_classes'] == 3
        assert found[f'{dataset}.dataset.ann_file'] == lists / 'train.txt'
        assert found['test_dataloader.dataset.ann_file'] == lists / 'val.txt'
        assert f'{dataset}.indices' not in finetuning.finetune_options(
            own, smoke=True)

    def test_top5_is_left_out_where_it_says_nothing(self):
        rows = {'from scratch': dict(top1=25., top5=75.)}
        assert finetuning.without_trivial(rows, 6) == rows
        few = finetuning.without_trivial(rows, 5)
        assert few == {'from scratch': dict(top1=25.)}
        assert finetuning.format_accuracies(few, '8 clips').splitlines() == [
            '| 8 clips, held-out clips, 3 views | top-1 |', '| --- | ---: |',
            '| from scratch | 25.0 |'
        ]
