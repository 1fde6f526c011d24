"""The detection quickstart: its student and its plan."""
import os

import pytest
from mmengine.config import Config

pytest.importorskip('mmdet')
pytest.importorskip('mmcv.ops')
from demo.quickstart import detection  # noqa: E402


class TestFindStudent:

    @pytest.fixture
    def config(self, tmp_path):
        path = tmp_path / 'mvd_small.py'
        path.write_text('train_cfg = dict(max_epochs=15)\n')
        return path

    def run(self, runs, name, config='mvd_small.py', epoch=15, age=0):
        folder = runs / name / 'mvd'
        folder.mkdir(parents=True)
        (folder / config).write_text('')
        path = folder / f'epoch_{epoch}.pth'
        path.write_bytes(b'')
        os.utime(path, (10**9 - age, ) * 2)
        return path

    def test_the_newest_is_taken(self, config, tmp_path):
        self.run(tmp_path / 'runs', 'a', age=9)
        newest = self.run(tmp_path / 'runs', 'b', age=1)
        self.run(tmp_path / 'runs', 'c', age=5)
        assert detection.find_student(tmp_path / 'runs', config) == newest

    def test_smoke_runs_and_other_networks_are_not(self, config, tmp_path):
        self.run(tmp_path / 'runs', 'smoke', epoch=1)
        self.run(tmp_path / 'runs', 'unfinished', epoch=12)
        self.run(tmp_path / 'runs', 'mini', config='mvd_mini.py')
        assert detection.find_student(tmp_path / 'runs', config) is None

    def test_no_run_is_no_student(self, config, tmp_path):
        assert detection.find_student(tmp_path / 'none', config) is None


class TestPlan:

    def test_a_given_student_is_not_trained_again(self, tmp_path):
        assert list(detection.plan(
            tmp_path, False)) == ['detection_mvd', 'detection_scratch']

    def test_stages_are_numbered_and_have_a_folder_each(self, tmp_path):
        stages = detection.plan(tmp_path, True)
        assert list(stages) == [
            'mae', 'videomae', 'mvd', 'detection_mvd', 'detection_scratch'
        ]
        for number, (name, stage) in enumerate(stages.items(), 1):
            assert stage.title.startswith(f'{number}/5 ')
            assert stage.title.count('/') == 1
            assert stage.work_dir == tmp_path / name
            assert stage.config.is_file()

    def test_the_detectors_network_is_the_students(self, tmp_path):
        stages = detection.plan(tmp_path, True)
        student, detector = (
            Config.fromfile(stages[name].config).model.backbone
            for name in ('mvd', 'detection_mvd'))
        for key in ('patch_size', 'embed_dims', 'depth', 'num_heads',
                    'num_frames', 'img_size'):
            assert student[key] == detector[key], key
        assert stages['detection_scratch'].config == stages[
            'detection_mvd'].config
