"""A teacher's three promises, and where its weights come from."""
import warnings

import pytest
import torch
from mmengine.runner.checkpoint import (get_state_dict, load_state_dict,
                                        save_checkpoint)
from torch import nn

from mvd_mm.models import MAEImageTeacher, VideoMAETeacher


def image_teacher(vit_cfg, **options):
    vit = vit_cfg()
    del vit['num_frames'], vit['tubelet_size']
    return MAEImageTeacher(vit, num_frames=4, tubelet_size=2, **options)


def video_teacher(vit_cfg, **options):
    return VideoMAETeacher(vit_cfg(), **options)


@pytest.fixture(params=[image_teacher, video_teacher])
def build(request, vit_cfg):
    return lambda **options: request.param(vit_cfg, **options)


@pytest.fixture
def model(build, randomise):
    """A student beside a teacher."""
    return nn.ModuleDict(
        dict(student=nn.Linear(4, 4), teacher=randomise(build())))


class TestPromises:

    def test_no_parameter_requires_a_gradient(self, build):
        teacher = build()
        assert not any(p.requires_grad for p in teacher.parameters())
        clip = torch.randn(2, 3, 4, 32, 32, requires_grad=True)
        assert not teacher(clip).requires_grad

    @pytest.mark.parametrize('mode', [True, False])
    def test_stays_in_eval_mode(self, model, mode):
        model.train(mode)
        assert model['student'].training is mode
        assert not any(m.training for m in model['teacher'].modules())

    @pytest.mark.parametrize('state', [
        nn.Module.state_dict,
        get_state_dict,
        lambda model: model.state_dict(prefix='module.'),
    ])
    def test_is_not_in_the_state_dict(self, model, state):
        keys = [k.replace('module.', '') for k in state(model)]
        assert keys == ['student.weight', 'student.bias']

    def test_random_weights_are_in_the_state_dict(self, build, randomise):
        teacher = randomise(build(random_init=True))
        other = build(random_init=True)
        other.load_state_dict(teacher.state_dict(), strict=True)
        for a, b in zip(teacher.parameters(), other.parameters()):
            assert torch.equal(a, b)

    def test_weights_of_a_checkpoint_do_not_replace_its_own(
            self, build, randomise):
        teacher = randomise(build())
        before = {k: v.clone() for k, v in teacher.named_parameters()}
        teacher.load_state_dict(build(random_init=True).state_dict())
        for name, value in teacher.named_parameters():
            assert torch.equal(value, before[name])

    def test_is_not_in_a_checkpoint(self, model, tmp_path):
        path = tmp_path / 'epoch_1.pth'
        save_checkpoint({'state_dict': get_state_dict(model)}, str(path))
        stored = torch.load(path, weights_only=True)['state_dict']
        assert set(stored) == {'student.weight', 'student.bias'}


class TestResuming:

    @pytest.fixture
    def load(self):
        """Load strictly by PyTorch and by MMEngine, warnings are errors."""

        def run(model, state):
            with warnings.catch_warnings():
                warnings.simplefilter('error')
                result = model.load_state_dict(state, strict=True)
                assert not result.missing_keys
                assert not result.unexpected_keys
                load_state_dict(model, state, strict=True)

        return run

    def test_a_strict_load_misses_nothing(self, model, load):
        load(model, model.state_dict())

    def test_mmengine_has_nothing_to_say(self, model, capsys, log_lines):
        load_state_dict(model, model.state_dict(), strict=False)
        assert capsys.readouterr().out == ''
        assert log_lines == []

    def test_the_student_is_loaded_and_the_teacher_kept(self, model, load):
        kept = [p.clone() for p in model['teacher'].parameters()]
        state = {k: v + 1 for k, v in model.state_dict().items()}
        load(model, state)
        for name, param in model['student'].named_parameters():
            assert (param == state[f'student.{name}']).all()
        assert all((a == b).all()
                   for a, b in zip(kept, model['teacher'].parameters()))

    def test_a_students_missing_key_is_still_told(self, model):
        state = model.state_dict()
        del state['student.bias']
        with pytest.raises(RuntimeError, match='student.bias'):
            model.load_state_dict(state)


class TestWeights:

    def test_missing_file_is_named(self, build):
        teacher = build(checkpoint='no/such/teacher.pth')
        with pytest.raises(FileNotFoundError, match='no/such/teacher.pth'):
            teacher.init_weights()

    def test_no_file_is_refused(self, build):
        teacher = build()
        with pytest.raises(ValueError) as info:
            teacher.init_weights()
        for word in ('checkpoint', type(teacher).__name__, 'random_init'):
            assert word in str(info.value)

    def test_random_init_is_drawn_on_request(self, build):
        teacher = build(random_init=True)
        before = teacher.vit.blocks[0].attn.qkv.weight.clone()
        teacher.init_weights()
        after = teacher.vit.blocks[0].attn.qkv.weight
        assert (after != before).all()
        assert 0.018 < after.std() < 0.022  # truncated normal of 0.02

    def test_a_file_of_another_size_is_refused(self, build, tmp_path):
        teacher = build()
        weights = {
            f'backbone.{k}': v
            for k, v in teacher.vit.state_dict().items() if 'blocks.1' not in k
        }
        torch.save({'state_dict': weights}, tmp_path / 'shallow.pth')
        teacher.checkpoint = str(tmp_path / 'shallow.pth')
        with pytest.raises(ValueError, match='shallow.pth.*missing.*blocks.1'):
            teacher.init_weights()

    def test_the_closing_norm_may_be_missing(self, build, tmp_path):
        source, teacher = build(random_init=True), build()
        source.init_weights()
        weights = {
            f'backbone.{k}': v
            for k, v in source.vit.state_dict().items()
            if not k.startswith('norm.')
        }
        torch.save({'state_dict': weights}, tmp_path / 'no_norm.pth')
        teacher.checkpoint = str(tmp_path / 'no_norm.pth')
        teacher.init_weights()
        clip = torch.randn(2, 3, 4, 32, 32)
        assert (teacher(clip) == source(clip)).all()


class TestHiddenTokens:
    """The targets of some tokens, without the rest of the last block."""

    @pytest.mark.parametrize('autocast', [False, True])
    def test_equal_those_of_the_whole_clip(self, build, randomise, draw_mask,
                                           autocast):
        teacher = randomise(build()).eval()
        clip, mask = torch.randn(3, 3, 4, 32, 32), draw_mask(3, 32, 24)
        hidden = mask.nonzero()[:, 1].reshape(3, 24)
        with torch.autocast('cpu', torch.bfloat16, enabled=autocast):
            feats, some = teacher(clip), teacher(clip, hidden)
        # what bfloat16 rounds depends on the rows that are multiplied at once
        torch.testing.assert_close(
            some,
            feats[mask].reshape(3, 24, -1),
            rtol=0.02 if autocast else 1e-4,
            atol=0.1 if autocast else 1e-5)

    def test_of_every_frame_of_a_tubelet(self, vit_cfg, randomise, draw_mask):
        teacher = randomise(image_teacher(vit_cfg, all_frames=True)).eval()
        clip, mask = torch.randn(2, 3, 4, 32, 32), draw_mask(2, 32, 5)
        hidden = mask.nonzero()[:, 1].reshape(2, 5)
        torch.testing.assert_close(
            teacher(clip, hidden),
            teacher(clip)[mask].reshape(2, 5, -1),
            rtol=1e-4,
            atol=1e-5)

    def test_weights_that_change_are_seen(self, build, randomise):
        teacher, clip = build(), torch.randn(1, 3, 4, 32, 32)
        before = teacher(clip)
        randomise(teacher)
        assert (teacher(clip) - before).abs().max() > 1e-2
