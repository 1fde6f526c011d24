"""Rendering: files are reproducible, and the host reads the annotations."""
import numpy as np
import pytest
from mmaction.datasets import AVADataset

from demo import rendered_set
from demo.action_shapes import actors, parameters, render
from mvd_mm.datasets.ava import validation

SMALL = dict(size=(64, 32), num_train=3, num_val=2)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp('set') / 'shapes'
    assert render.render(out, parameters.describe(**SMALL), workers=1) == 5
    return out


class TestRender:

    def test_any_number_of_workers_writes_the_same_bytes(
            self, folder, tmp_path):
        render.render(tmp_path / 'b', parameters.describe(**SMALL), workers=2)
        # meta.json and the options name the folder itself
        names = sorted(
            path.relative_to(folder) for path in folder.rglob('*.*')
            if path.suffix not in (
                '.json', ) and path.name != 'cfg_options.txt')
        assert len(names) == 5 + 3 + 7
        for name in names:
            assert (tmp_path / 'b' /
                    name).read_bytes() == (folder / name).read_bytes(), name

    def test_another_seed_gives_other_scenes(self):
        frames = [
            render.draw_frames(parameters.describe(seed=s, **SMALL), 'val', 0)
            for s in (0, 0, 1)
        ]
        assert (frames[0] == frames[1]).all()
        assert (frames[0] != frames[2]).any()

    def test_validator_is_silent(self, folder):
        assert validation.validate(
            validation.splits_of_set(folder / 'annotations')) == []

    def test_ava_dataset_reads_true_boxes_and_labels(self, folder):
        data = AVADataset(
            str(folder / 'annotations/train.csv'),
            pipeline=[],
            exclude_file=str(folder /
                             'annotations/train_excluded_timestamps.csv'),
            label_file=str(folder / 'annotations/action_list.pbtxt'),
            proposal_file=str(folder / 'annotations/train_proposals.pkl'),
            num_classes=11,
            fps=10,
            timestamp_start=0,
            timestamp_end=3,
            use_frames=False)
        assert len(data) == 3 * 2
        meta = parameters.describe(**SMALL)
        for k in range(6):
            info = data.get_data_info(k)
            index, stamp = int(info['video_id'][-5:]), info['timestamp']
            scene, _ = render.draw_scene(meta, 'train', index)
            boxes = np.stack([x.boxes()[stamp * 10] for x in scene])
            np.testing.assert_allclose(
                info['gt_bboxes'] * [2, 1, 2, 1], boxes, atol=1e-3)
            labels = [[name in x.actions for name in actors.ACTIONS]
                      for x in scene]
            np.testing.assert_array_equal(info['gt_labels'][:, 1:], labels)

    def test_interrupted_rendering_is_completed_and_then_left_alone(
            self, folder, tmp_path):
        meta = parameters.describe(**SMALL)
        rendered_set.claim(tmp_path / 'c', meta)  # begun, nothing rendered yet
        assert render.render(tmp_path / 'c', meta, workers=1) == 5
        assert render.render(tmp_path / 'c', meta, workers=1) == 0
        assert (tmp_path / 'c/train_boxes.csv').read_text() == (
            folder / 'train_boxes.csv').read_text()

    def test_refuses_a_set_of_other_parameters(self, folder):
        with pytest.raises(ValueError, match='other parameters'):
            render.render(folder, parameters.describe(seed=1, **SMALL))
