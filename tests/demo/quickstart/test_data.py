"""The videos: a cached set, or copies of the user's own."""
import pytest

from demo.motion_shapes.settings import describe
from demo.quickstart import data


class TestData:

    @pytest.fixture
    def calls(self, tmp_path, monkeypatch):
        """What would have been done; lists are written as if it had."""
        found = []

        def render(out, meta):
            found.append(('render', out, meta))
            out.mkdir(parents=True)
            (out / 'classes.txt').write_text('a\nb\n')

        def shrink_folder(videos, out, **options):
            found.append(('shrink', videos, out, options))
            (out / 'a').mkdir(parents=True)

        def build_lists(videos):
            found.append(('list', videos))
            return {
                'train.txt': 'a.mp4 0\n' * 7,
                'val.txt': 'b.mp4 1\n',
                'classes.txt': 'a\nb\n'
            }

        monkeypatch.setenv('MVD_MM_CACHE', str(tmp_path / 'cache'))
        for stand_in in (render, shrink_folder, build_lists):
            monkeypatch.setattr(data, stand_in.__name__, stand_in)
        return found

    @pytest.mark.parametrize('smoke, mini, setting, num_train, num_val', [
        (False, False, 'easy', 1920, 640),
        (False, True, 'hard', 4800, 960),
        (True, False, 'easy', 64, 32),
        (True, True, 'hard', 64, 32),
    ])
    def test_a_rendered_set_is_cached_by_version_and_setting(
            self, calls, tmp_path, smoke, mini, setting, num_train, num_val):
        found = data.get_data(None, tmp_path / 'work', smoke, mini)
        name = f'motion_shapes-v{data.VERSION}-{setting}-{num_train}'
        root = tmp_path / 'cache' / name
        meta = describe(setting, num_train=num_train, num_val=num_val)
        assert calls == [('render', root, meta)]
        assert found == data.Data(
            root, root / 'train.txt', root / 'val.txt', 2, {
                'train_dataloader.dataset.ann_file': root / 'train.txt',
                'train_dataloader.dataset.data_prefix.video': root
            })

    def test_own_videos_are_shrunk_listed_and_repeated(self, calls, tmp_path):
        work_dir = tmp_path / 'work'
        found = data.get_data(tmp_path / 'mine', work_dir, False, False)
        root, lists = work_dir / 'videos', work_dir / 'lists'
        options = dict(short_side=128, max_frames=300, max_videos=500)
        assert calls == [('shrink', tmp_path / 'mine', root, options),
                         ('list', root)]
        assert found.root == root and found.classes == 2
        assert found.train == lists / 'train.txt' and found.train.is_file()
        assert found.val == lists / 'val.txt' and found.val.is_file()
        # an epoch of seven videos has about 960 clips
        assert found.options['train_dataloader.dataset.times'] == 138
        assert not (tmp_path / 'cache').exists()


class TestWhyNotFinetune:

    def make(self, folder, *counts):
        """Lists with one held-out video of each class."""
        for name, begin, end in (('train', 1, None), ('val', 0, 1)):
            (folder / f'{name}.txt').write_text(''.join(
                f'{label}/my clip {i}.mp4\t{label}\n'
                for label, count in enumerate(counts)
                for i in range(count)[begin:end]))
        (folder / 'classes.txt').write_text(''.join(
            f'class {label}\n' for label in range(len(counts))))
        return data.Data(folder, folder / 'train.txt', folder / 'val.txt',
                         len(counts) if len(counts) > 1 else 0, {})

    def test_enough_videos_of_two_classes_are_no_obstacle(self, tmp_path):
        assert data.why_not_finetune(self.make(tmp_path, 4, 9)) == ''

    def test_classes_with_too_few_are_named(self, tmp_path):
        reason = data.why_not_finetune(self.make(tmp_path, 3, 9, 1))
        assert reason.startswith('it needs 4 or more readable videos of each')
        assert reason.endswith('class 0 has 3, class 2 has 1')

    def test_a_video_in_both_lists_counts_once(self, tmp_path):
        own = self.make(tmp_path, 4, 4)
        own.train.write_text(own.train.read_text() + own.val.read_text())
        assert data.why_not_finetune(own) == ''
        assert 'class 0 has 3' in data.why_not_finetune(
            self.make(tmp_path, 3, 4))

    def test_a_folder_without_classes_is_told_apart(self, tmp_path):
        assert 'two or more classes' in data.why_not_finetune(
            self.make(tmp_path, 9))
