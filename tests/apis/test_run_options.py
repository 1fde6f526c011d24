"""What the options of ``train.py`` and ``test.py`` do to a config."""
from argparse import Namespace

import pytest
import torch
from mmengine.config import Config

from mvd_mm.apis import (merge_testing_options, merge_training_options,
                         run_options)


def train_args(**given):
    defaults = dict(
        config='c.py',
        no_validate=False,
        amp=False,
        resume=None,
        overwrite=False,
        cfg_options=None,
        auto_scale_lr=False,
        seed=None,
        diff_rank_seed=False,
        deterministic=False)
    return Namespace(**dict(defaults, **given))


def merged(cfg, **given):
    cfg = Config(dict(cfg, work_dir='w'))
    merge_training_options(cfg, train_args(**given))
    return cfg


class TestTrain:

    def test_seed_wins_over_the_config_and_keeps_the_rest(self):
        cfg = dict(randomness=dict(seed=1, deterministic=True))
        assert merged(
            cfg, seed=7).randomness == dict(
                seed=7, deterministic=True, diff_rank_seed=False)

    def test_without_options_the_seed_of_the_config_stays(self):
        assert merged(dict(randomness=dict(seed=1))).randomness.seed == 1

    def test_seed_zero_is_a_seed(self):
        assert merged(dict(randomness=dict(seed=1)), seed=0).randomness.seed \
            == 0

    def test_scaling_needs_a_base_batch_size(self):
        with pytest.raises(ValueError, match='base_batch_size'):
            merged(dict(), auto_scale_lr=True)

    def test_scaling_is_switched_on(self):
        cfg = dict(auto_scale_lr=dict(enable=False, base_batch_size=8))
        assert merged(cfg, auto_scale_lr=True).auto_scale_lr.enable

    def test_no_validate_removes_all_three(self):
        cfg = merged(
            dict(val_cfg=1, val_dataloader=2, val_evaluator=3),
            no_validate=True)
        assert cfg.val_cfg is cfg.val_dataloader is cfg.val_evaluator is None

    @pytest.mark.parametrize('cuda, wrapper', [
        (False, dict(type='mvd_mm.AutocastOptimWrapper', clip_grad=1)),
        (True, dict(type='AmpOptimWrapper', clip_grad=1,
                    loss_scale='dynamic')),
    ])
    def test_amp_suits_the_device(self, monkeypatch, cuda, wrapper):
        monkeypatch.setattr(torch.cuda, 'is_available', lambda: cuda)
        for given in (dict(clip_grad=1),
                      dict(
                          type='AmpOptimWrapper',
                          clip_grad=1,
                          loss_scale='dynamic')):
            cfg = merged(dict(optim_wrapper=given), amp=True)
            assert cfg.optim_wrapper == wrapper

    def test_amp_does_not_replace_an_unknown_wrapper(self):
        with pytest.raises(ValueError, match='ApexOptimWrapper'):
            merged(dict(optim_wrapper=dict(type='ApexOptimWrapper')), amp=True)


class TestStart:
    """Which checkpoint a run goes on from; see also test_resume."""

    @pytest.fixture
    def used(self, tmp_path):
        """A work directory with a checkpoint."""
        path = tmp_path / 'used' / 'epoch_2.pth'
        path.parent.mkdir()
        torch.save(dict(meta=dict()), path)
        return path

    def merged(self, work_dir, cfg=(), **given):
        cfg = Config(dict(cfg, work_dir=str(work_dir)))
        merge_training_options(cfg, train_args(**given))
        return cfg.get('resume', False), cfg.get('load_from')

    def test_an_empty_folder_begins(self, tmp_path):
        assert self.merged(tmp_path) == (False, None)

    def test_nothing_to_resume_is_told(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='no checkpoint in'):
            self.merged(tmp_path, resume='auto')
        with pytest.raises(FileNotFoundError, match='no.pth'):
            self.merged(tmp_path, resume='no.pth')

    def test_resume_finds_it(self, used):
        assert self.merged(used.parent, resume='auto') == (True, str(used))
        assert self.merged('other', resume=str(used)) == (True, str(used))
        # in place of the weights that the run began with
        assert self.merged(
            used.parent, dict(load_from='x.pth'),
            resume='auto') == (True, str(used))

    def test_a_used_folder_is_refused(self, used):
        with pytest.raises(ValueError, match='epoch_2.pth.*--overwrite'):
            self.merged(used.parent)
        with pytest.raises(ValueError, match='--overwrite'):
            self.merged('other', cfg_options=dict(work_dir=str(used.parent)))

    def test_overwrite_begins_and_deletes_nothing(self, used, log_lines):
        assert self.merged(used.parent, overwrite=True) == (False, None)
        assert used.is_file()
        assert any('--overwrite' in line for line in log_lines)

    def test_resume_and_overwrite_exclude_each_other(self, used):
        for value in ('auto', str(used)):
            with pytest.raises(ValueError, match='--overwrite'):
                self.merged(used.parent, resume=value, overwrite=True)

    def test_a_config_that_resumes_begins_where_nothing_is(
            self, used, tmp_path):
        cfg = dict(resume=True)
        assert self.merged(tmp_path, cfg) == (False, None)
        assert self.merged(used.parent, cfg) == (True, str(used))
        named = dict(resume=True, load_from='mine.pth')
        assert self.merged(used.parent, named) == (True, 'mine.pth')

    def test_torchrun_starts_again_and_it_resumes(self, used, tmp_path,
                                                  monkeypatch):
        monkeypatch.setenv('TORCHELASTIC_RESTART_COUNT', '1')
        assert self.merged(used.parent) == (True, str(used))
        assert self.merged(
            used.parent, resume='first.pth') == (True, str(used))
        assert self.merged(tmp_path) == (False, None)


class TestTest:

    def merged(self, cfg, checkpoint, **given):
        args = dict(
            checkpoint=str(checkpoint),
            config='c.py',
            show=False,
            show_dir=None,
            dump=None,
            overwrite=False,
            cfg_options=None,
            wait_time=2,
            interval=1)
        cfg = Config(cfg)
        merge_testing_options(cfg, Namespace(**dict(args, **given)))
        return cfg

    @pytest.fixture
    def checkpoint(self, tmp_path):
        path = tmp_path / 'weights.pth'
        path.write_bytes(b'\x80\x02')  # looked at when it is loaded
        return path

    def test_a_missing_checkpoint_is_refused(self, tmp_path):
        with pytest.raises(FileNotFoundError, match='no.pth'):
            self.merged({}, tmp_path / 'no.pth')

    @pytest.mark.parametrize('evaluator', [
        dict(type='AccMetric'),
        [dict(type='AccMetric')],
    ])
    def test_dump_keeps_the_evaluators(self, checkpoint, evaluator):
        cfg = self.merged(
            dict(test_evaluator=evaluator), checkpoint, dump='out.pkl')
        assert [e['type']
                for e in cfg.test_evaluator] == ['AccMetric', 'DumpResults']

    def test_dump_takes_options_of_the_evaluator(self, checkpoint):
        options = {'test_evaluator.collect_device': 'gpu', 'work_dir': 'x'}
        cfg = self.merged(
            dict(test_evaluator=dict(type='AccMetric')),
            checkpoint,
            dump='out.pkl',
            cfg_options=options)
        assert cfg.test_evaluator[0] == dict(
            type='AccMetric', collect_device='gpu')
        assert options == {'work_dir': 'x'}  # what is merged later

    def test_dump_writes_pickles_only(self, checkpoint):
        with pytest.raises(ValueError, match='out.txt'):
            self.merged({}, checkpoint, dump='out.txt')

    def test_dump_replaces_nothing_unless_told(self, checkpoint, tmp_path):
        dump = tmp_path / 'out.pkl'
        dump.write_bytes(b'mine')
        with pytest.raises(ValueError, match='out.pkl.*--overwrite'):
            self.merged({}, checkpoint, dump=str(dump))
        cfg = self.merged({}, checkpoint, dump=str(dump), overwrite=True)
        assert cfg.test_evaluator[0].out_file_path == str(dump)
        assert dump.read_bytes() == b'mine'  # until the test has ended

    def test_dump_that_could_not_be_written_is_told_before(
            self, checkpoint, tmp_path):
        for name in ('weights.pth/x.pkl', 'folder.pkl'):
            (tmp_path / 'folder.pkl').mkdir(exist_ok=True)
            with pytest.raises(ValueError, match='cannot be written'):
                self.merged({}, checkpoint, dump=str(tmp_path / name))

    @pytest.mark.parametrize('content, words',
                             [(b'', 'is empty'),
                              (b'Not found. ' * 9, 'is a text file')])
    def test_what_is_no_checkpoint_is_told_before(self, checkpoint, content,
                                                  words):
        checkpoint.write_bytes(content)
        with pytest.raises(ValueError, match=f'weights.pth.*{words}'):
            self.merged({}, checkpoint)
        with pytest.raises(ValueError, match=f'--resume.*{words}'):
            merged(dict(), resume=str(checkpoint))

    def test_show_needs_a_hook_that_draws(self, checkpoint):
        with pytest.raises(ValueError, match='VisualizationHook'):
            self.merged(dict(default_hooks=dict()), checkpoint, show=True)


@pytest.mark.parametrize('kind, device, refused', [
    ('AmpOptimWrapper', 'cpu', True),
    ('AmpOptimWrapper', 'cuda', False),
    ('OptimWrapper', 'cpu', False),
    ('mvd_mm.AutocastOptimWrapper', 'cpu', False),
])
def test_float16_without_a_gpu_is_refused_with_the_way_out(
        monkeypatch, kind, device, refused):
    monkeypatch.setattr(run_options, 'get_device', lambda: device)
    cfg = Config(dict(optim_wrapper=dict(type=kind)))
    if not refused:
        return run_options.check_precision(cfg)
    with pytest.raises(ValueError) as error:
        run_options.check_precision(cfg)
    for word in ('AmpOptimWrapper', '`--amp`', "dict(type='OptimWrapper')",
                 'tools/doctor.py'):
        assert word in str(error.value)


def test_config_without_an_optimiser_is_not_asked():
    run_options.check_precision(Config(dict()))
