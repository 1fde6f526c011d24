"""Loading a pre-trained model and its data for analysis."""
from copy import deepcopy

import pytest
import torch
from mmengine.config import Config

from mvd_mm.apis.pretraining import build_loader, build_pretrained
from mvd_mm.models import MVD

pytest.importorskip('decord')
NUM_VIDEOS = 5


@pytest.fixture
def cfg(make_video, tmp_path):
    """Loader of five videos, shuffled, of full batches of two."""
    lines = []
    for index in range(NUM_VIDEOS):
        make_video(tmp_path / f'{index}.mp4', num_frames=4)
        lines.append(f'{index}.mp4 {index}\n')
    (tmp_path / 'train.txt').write_text(''.join(lines))
    (tmp_path / 'val.txt').write_text(lines[3] + lines[1])
    return Config(
        dict(
            train_dataloader=dict(
                batch_size=2,
                num_workers=0,
                drop_last=True,
                sampler=dict(type='DefaultSampler', shuffle=True),
                collate_fn=dict(type='default_collate'),
                dataset=dict(
                    type='mvd_mm.CheckedVideoDataset',
                    ann_file=str(tmp_path / 'train.txt'),
                    data_prefix=dict(video=str(tmp_path)),
                    pipeline=[
                        dict(type='DecordInit'),
                        dict(
                            type='SampleFrames',
                            clip_len=4,
                            frame_interval=1,
                            num_clips=1),
                        dict(type='DecordDecode'),
                        dict(type='mvd_mm.TwoResolutionResize', scale=32),
                        dict(type='mvd_mm.FormatViews', keys=('imgs', )),
                        dict(
                            type='mvd_mm.TubeMasking',
                            grid_size=(2, 4, 4),
                            mask_ratio=0.75),
                        dict(
                            type='PackActionInputs',
                            collect_keys=('imgs', 'mask'))
                    ]))))


def repeat(cfg, times):
    loader = cfg.train_dataloader
    loader.dataset = dict(
        type='RepeatDataset', times=times, dataset=loader.dataset)
    return cfg


def labels(loader):
    return [[int(s.gt_label) for s in batch['data_samples']]
            for batch in loader]


class TestBuildLoader:

    def test_reads_each_video_once_in_order_with_the_last_batch(self, cfg):
        loader = build_loader(cfg)
        assert labels(loader) == [[0, 1], [2, 3], [4]]
        assert labels(loader) == [[0, 1], [2, 3], [4]]

    @pytest.mark.parametrize('depth', [1, 2])
    def test_a_repeated_set_is_read_once(self, cfg, depth):
        for _ in range(depth):
            repeat(cfg, times=3)
        assert labels(build_loader(cfg)) == [[0, 1], [2, 3], [4]]

    @pytest.mark.parametrize('repeated', [False, True])
    def test_another_list_takes_the_place_of_the_first(self, cfg, tmp_path,
                                                       repeated):
        if repeated:
            repeat(cfg, times=2)
        loader = build_loader(cfg, str(tmp_path / 'val.txt'))
        assert labels(loader) == [[3, 1]]

    def test_the_config_stays_as_it_is(self, cfg, tmp_path):
        repeat(cfg, times=2)
        before = deepcopy(cfg.to_dict())
        build_loader(cfg, str(tmp_path / 'val.txt'))
        assert cfg.to_dict() == before

    def test_the_seed_decides_the_masks(self, cfg):

        def masks(seed):
            return torch.cat([
                torch.stack(list(batch['inputs']['mask']))
                for batch in build_loader(cfg, seed=seed)
            ])

        first = masks(3)
        torch.manual_seed(99)
        assert first.shape == (NUM_VIDEOS, 32)
        assert (masks(3) == first).all()
        assert (masks(4) != first).any()

    def test_a_missing_list_is_refused(self, cfg, tmp_path):
        with pytest.raises(FileNotFoundError, match='none.txt'):
            build_loader(cfg, str(tmp_path / 'none.txt'))


class TestBuildPretrained:

    @pytest.fixture
    def saved(self, mvd_cfg, randomise, tmp_path):
        """A run: config, its model, checkpoints of student and teachers."""
        model_cfg = mvd_cfg()
        model = randomise(MVD(**model_cfg))
        for name, branch in model_cfg['branches'].items():
            vit = model.branches[name]['teacher'].vit
            path = tmp_path / f'{name}.pth'
            torch.save(
                {
                    f'backbone.{k}': v
                    for k, v in vit.state_dict().items()
                }, path)
            branch['teacher'].update(checkpoint=str(path), random_init=False)
        student = tmp_path / 'student.pth'
        torch.save(dict(state_dict=model.state_dict()), student)
        cfg = Config(dict(model=dict(type='mvd_mm.MVD', **model_cfg)))
        return cfg, model, student

    def test_restores_student_and_teachers(self, saved):
        cfg, model, path = saved
        found = build_pretrained(cfg, str(path)).cpu()
        assert not found.training
        expected = dict(model.named_parameters())
        assert len(expected) > 100
        for name, param in found.named_parameters():
            torch.testing.assert_close(
                param, expected[name], rtol=0, atol=0, msg=name)

    def test_without_a_file_only_the_teachers_are_loaded(self, saved):
        cfg, model, _ = saved
        found = build_pretrained(cfg, None).cpu()
        expected = dict(model.named_parameters())
        for name, param in found.named_parameters():
            if '.teacher.' in name and '.norm.' not in name:
                assert (param == expected[name]).all(), name
        weight = 'backbone.blocks.0.attn.qkv.weight'
        assert (found.state_dict()[weight] != model.state_dict()[weight]).any()

    @pytest.mark.parametrize('change, reason', [
        (lambda s: s.pop('backbone.blocks.1.norm1.weight'), '1 missing'),
        (lambda s: s.update(extra=torch.ones(1)), '1 unexpected'),
        (lambda s: s.update({'backbone.norm.weight': torch.ones(7)}),
         '1 of another shape'),
    ])
    def test_a_file_that_does_not_fit_is_refused(self, saved, change, reason):
        cfg, _, path = saved
        content = torch.load(path, weights_only=True)
        change(content['state_dict'])
        torch.save(content, path)
        with pytest.raises(ValueError, match=reason) as error:
            build_pretrained(cfg, str(path))
        assert 'student.pth' in str(error.value)

    def test_a_missing_file_is_refused(self, saved):
        with pytest.raises(FileNotFoundError, match='none.pth'):
            build_pretrained(saved[0], 'none.pth')

    def test_a_missing_teacher_is_refused(self, saved, tmp_path):
        cfg, _, path = saved
        (tmp_path / 'video.pth').unlink()
        with pytest.raises(FileNotFoundError, match='video.pth'):
            build_pretrained(cfg, str(path))
