"""Encoders of ``transformers`` as teachers: the same features, no network."""
import socket

import pytest
import torch
from mmengine.optim import OptimWrapper
from mmengine.runner.checkpoint import get_state_dict
from torch.nn import functional as F

from mvd_mm.models import MVD, PretrainDataPreprocessor, TransformersTeacher
from mvd_mm.models.teachers import transformers_teacher

transformers = pytest.importorskip('transformers')

# of the folders that `save_model` writes
MEAN, STD = (0.4, 0.5, 0.6), (0.2, 0.3, 0.4)
VIDEO = ('videomae', 'vjepa2')


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Whoever opens a connection fails."""

    def refuse(*args, **kwargs):
        raise AssertionError('a connection was opened')

    monkeypatch.setattr(socket.socket, 'connect', refuse)


def colours(batch, frames=4, side=32):
    """Clips (B, 3, T, H, W) in 0..255, and the same for the student."""
    clip = torch.randint(0, 256, (batch, 3, frames, side, side))
    clip = clip.to(torch.uint8)
    inputs = dict(imgs=list(clip[:, None]), mask=torch.ones(batch, 1, 8) > 0)
    normalised = PretrainDataPreprocessor()(dict(inputs=inputs))
    return clip.float(), normalised['inputs']['imgs']


def normalise(clip):
    """As the processors of transformers do."""
    shape = (1, 3, 1, 1, 1)
    return ((clip / 255 - torch.tensor(MEAN).view(shape)) /
            torch.tensor(STD).view(shape))


def own_hidden_states(kind, folder, clip):
    """What ``transformers`` alone gives for the first frame of each tubelet.

    Args:
        clip (Tensor): With the teacher's colours, (B, 3, T, H, W).

    Returns:
        list[Tensor]: Of every layer, patches alone, (B, L, D).
    """
    names = dict(
        clip='CLIPVisionModel',
        siglip='SiglipVisionModel',
        siglip2='Siglip2VisionModel',
        dinov2='Dinov2Model',
        dinov2_with_registers='Dinov2WithRegistersModel',
        dinov3_vit='DINOv3ViTModel',
        vit_mae='ViTMAEModel',
        videomae='VideoMAEModel',
        vjepa2='VJEPA2Model')
    network = getattr(transformers, names[kind])
    model = network.from_pretrained(folder, local_files_only=True).eval()
    drop = dict(
        clip=1, dinov2=1, dinov2_with_registers=5, dinov3_vit=3, vit_mae=1)
    batch = len(clip)
    if kind in VIDEO:
        key = 'pixel_values' if kind == 'videomae' else 'pixel_values_videos'
        inputs = {key: clip.transpose(1, 2)}
    else:
        side = 28 if kind.startswith('dinov2') else 32
        images = clip[:, :, ::2].transpose(1, 2).flatten(0, 1)
        if side != 32:
            images = F.interpolate(
                images, (side, side), mode='bilinear', antialias=True)
        inputs = dict(pixel_values=images)
    if kind == 'siglip2':
        # rows of patches, then columns; inside rows, columns, colours
        patches = images.unfold(2, 8, 8).unfold(3, 8, 8)
        patches = patches.permute(0, 2, 3, 4, 5, 1).reshape(-1, 16, 192)
        inputs = dict(
            pixel_values=patches,
            pixel_attention_mask=torch.ones(len(patches), 16).long(),
            spatial_shapes=torch.full((len(patches), 2), 4))
    if kind == 'vit_mae':
        model.config.mask_ratio = 0.
        inputs['noise'] = torch.arange(16.).expand(len(images), -1)
    with torch.no_grad():
        states = model(**inputs, output_hidden_states=True).hidden_states
    return [s[:, drop.get(kind, 0):].reshape(batch, 32, 32) for s in states]


class TestFeatures:

    def test_equal_those_of_transformers(self, kind, save_model):
        folder = save_model(kind)
        clip, normalised = colours(2)
        own = own_hidden_states(kind, folder, normalise(clip))
        teacher = TransformersTeacher(folder, grid_size=(2, 4, 4))
        teacher.init_weights()
        assert own[-1].std() > 0.1
        torch.testing.assert_close(
            teacher(normalised), own[-1], rtol=1e-5, atol=1e-5)
        several = TransformersTeacher(
            folder, grid_size=(2, 4, 4), layers=(1, -2))
        several.init_weights()
        assert several.out_channels == 64
        torch.testing.assert_close(
            several(normalised),
            torch.cat([own[1], own[2]], -1),
            rtol=1e-5,
            atol=1e-5)

    def test_are_those_before_the_closing_norm_unless_asked(self, save_model):
        folder = save_model('dinov2')
        last, normed = (
            TransformersTeacher(folder, layers=(layer, ), grid_size=(2, 4, 4))
            for layer in (-1, 'last_hidden_state'))
        for teacher in (last, normed):
            teacher.init_weights()
        _, clip = colours(1)
        torch.testing.assert_close(
            normed(clip), last.vit.layernorm(last(clip)))

    @pytest.mark.parametrize('kind', ['vit_mae'])
    def test_of_vit_mae_are_in_order_and_repeat(self, save_model, kind):
        teacher = TransformersTeacher(save_model(kind), grid_size=(2, 4, 4))
        teacher.init_weights()
        _, clip = colours(1)
        before = teacher(clip)
        assert torch.equal(teacher(clip), before)
        clip[0, :, 0, 8:16, 24:] += 3  # row 1, column 3
        change = (teacher(clip) - before)[0].norm(dim=-1)[:16]
        assert change.argmax() == 1 * 4 + 3

    @pytest.mark.parametrize('kind', ['clip', 'dinov3_vit'])
    def test_of_all_frames_are_averaged_over_the_tubelet(
            self, save_model, kind):
        folder = save_model(kind)
        first, mean = (
            TransformersTeacher(folder, grid_size=(2, 4, 4), frames=frames)
            for frames in ('first', 'mean'))
        for teacher in (first, mean):
            teacher.init_weights()
        _, clip = colours(2)
        second = first(clip.roll(-1, dims=2))  # frames 1 and 3
        torch.testing.assert_close(
            mean(clip), (first(clip) + second) / 2, rtol=1e-4, atol=1e-5)

    @pytest.mark.parametrize('kind', ['clip', 'siglip2', 'vjepa2'])
    def test_are_resized_to_the_grid_of_the_student(self, save_model, kind,
                                                    monkeypatch):
        said = []
        monkeypatch.setattr(transformers_teacher, 'print_log',
                            lambda text, logger: said.append(text))
        folder = save_model(kind)
        fine = TransformersTeacher(folder, grid_size=(2, 4, 4))
        coarse = TransformersTeacher(folder, grid_size=(2, 2, 2))
        for teacher in (fine, coarse):
            teacher.init_weights()
        _, clip = colours(2)
        maps = fine(clip).reshape(4, 4, 4, 32).permute(0, 3, 1, 2)
        wanted = F.interpolate(maps, (2, 2), mode='bilinear', antialias=True)
        torch.testing.assert_close(
            coarse(clip).reshape(4, 2, 2, 32), wanted.permute(0, 2, 3, 1))
        assert coarse.grid_size == (2, 2, 2)
        line, = said
        assert "4 x 4 at 32 pixels, are resized to the student's 2 x 2" in line

    def test_at_another_size_are_those_of_resized_positions(self, save_model):
        folder = save_model('clip')
        teacher = TransformersTeacher(folder, size=48, grid_size=(2, 6, 6))
        teacher.init_weights()
        clip, normalised = colours(1, side=48)
        model = transformers.CLIPVisionModel.from_pretrained(folder).eval()
        images = normalise(clip)[0, :, ::2].transpose(0, 1)
        with torch.no_grad():
            own = model(
                images,
                interpolate_pos_encoding=True,
                output_hidden_states=True).hidden_states[-1][:, 1:]
        torch.testing.assert_close(
            teacher(normalised), own.reshape(1, 72, 32), rtol=1e-5, atol=1e-5)

    def test_do_not_depend_on_the_colours_of_the_student(self, save_model):
        folder = save_model('dinov3_vit')
        clip, _ = colours(1)
        results = []
        for mean, std in (((0., ) * 3, (255., ) * 3), ((99., 88., 77.),
                                                       (50., 60., 70.))):
            teacher = TransformersTeacher(
                folder,
                grid_size=(2, 4, 4),
                student_mean=mean,
                student_std=std)
            teacher.init_weights()
            shape = (1, 3, 1, 1, 1)
            seen = (clip - torch.tensor(mean).view(shape)
                    ) / torch.tensor(std).view(shape)
            results.append(teacher(seen))
        torch.testing.assert_close(*results, rtol=1e-5, atol=1e-5)


class TestTraining:

    @pytest.fixture
    def branch(self):

        def make(teacher, width=32):
            return dict(
                teacher=dict(
                    type='mvd_mm.TransformersTeacher',
                    grid_size=(2, 4, 4),
                    **teacher),
                decoder=dict(
                    type='mvd_mm.MaskedTokenDecoder',
                    in_channels=32,
                    out_channels=width,
                    grid_size=(2, 4, 4),
                    embed_dims=16,
                    depth=1,
                    num_heads=2),
                head=dict(type='mvd_mm.FeatureDistillHead', norm_target=True))

        return make

    def steps(self, model, draw_mask, number=2):
        model.init_weights()
        wrapper = OptimWrapper(
            torch.optim.AdamW(
                [p for p in model.parameters() if p.requires_grad], 1e-3))
        data = dict(
            inputs=dict(
                imgs=torch.randint(0, 256, (2, 1, 3, 4, 32, 32)).byte(),
                mask=draw_mask(2, 32, 24)))
        return [model.train_step(data, wrapper) for _ in range(number)]

    def test_two_iterations_teach_the_student_alone(self, kind, save_model,
                                                    mvd_cfg, branch,
                                                    draw_mask):
        folder = save_model(kind)
        model = MVD(
            mvd_cfg()['backbone'],
            dict(image=branch(dict(checkpoint=folder))),
            data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'))
        first, second = self.steps(model, draw_mask)
        assert second['loss_image'] < first['loss_image']
        teacher = model.branches['image']['teacher']
        assert not any(p.requires_grad for p in teacher.parameters())
        assert not any(m.training for m in teacher.modules())
        fresh = TransformersTeacher(folder, grid_size=(2, 4, 4))
        fresh.init_weights()
        for a, b in zip(teacher.vit.parameters(), fresh.vit.parameters()):
            assert torch.equal(a, b)
        state = get_state_dict(model)
        assert not any('teacher' in key for key in state)
        model.load_state_dict(state, strict=True)

    def test_three_teachers_give_three_losses(self, save_model, mvd_cfg,
                                              branch, draw_mask):
        branches = {
            kind: branch(dict(checkpoint=save_model(kind, kind)))
            for kind in ('clip', 'vjepa2')
        }
        branches['deep'] = branch(
            dict(checkpoint=save_model('dinov3_vit'), layers=(1, 2, 3)), 96)
        branches['deep']['head'].update(num_targets=3)
        model = MVD(
            mvd_cfg()['backbone'],
            branches,
            data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor'))
        _, logs = self.steps(model, draw_mask)
        assert {'loss_clip', 'loss_vjepa2', 'loss_deep'} < set(logs)

    def test_random_weights_are_part_of_the_checkpoint(self, tiny):
        teacher = TransformersTeacher(
            config=tiny('dinov2'), grid_size=(2, 4, 4), random_init=True)
        teacher.init_weights()
        other = TransformersTeacher(
            config=tiny('dinov2'), grid_size=(2, 4, 4), random_init=True)
        other.load_state_dict(teacher.state_dict(), strict=True)
        _, clip = colours(1)
        assert torch.equal(teacher(clip), other(clip))

    def test_no_weights_are_refused(self, tiny):
        teacher = TransformersTeacher(
            config=tiny('dinov2'), grid_size=(2, 4, 4))
        with pytest.raises(ValueError, match='`checkpoint` of Transformers'):
            teacher.init_weights()


class TestMisfits:

    def test_a_clip_of_another_length(self, tiny):
        teacher = TransformersTeacher(
            config=tiny('clip'), grid_size=(2, 4, 4), random_init=True)
        with pytest.raises(ValueError, match='8 frames.*ask for 4'):
            teacher(torch.zeros(1, 3, 8, 32, 32))

    @pytest.mark.parametrize('option, words', [
        (dict(grid_size=(4, 4, 4)), 'clips of 4 frames, the student sees 8'),
        (dict(grid_size=(1, 4, 4), tubelet_size=4), '2 slices of 4'),
        (dict(size=64), 'sees 32 pixels alone, got `size` 64'),
        (dict(size=33), 'multiple of its patch of 8: use 32 or 40'),
        (dict(layers=(4, )), 'layers` holds 4.*3 blocks'),
        (dict(layers=()), 'layers` is empty'),
        (dict(layers=('last', )), "'last'.*'last_hidden_state'"),
        (dict(frames='all'), "`frames` must be 'first' or 'mean'"),
    ])
    def test_are_told_before_the_training(self, tiny, option, words):
        with pytest.raises(ValueError, match=words):
            TransformersTeacher(
                config=tiny('videomae'), **{
                    'grid_size': (2, 4, 4),
                    **option
                })

    def test_a_network_that_is_no_plain_vision_transformer(self):
        with pytest.raises(ValueError, match="'swin' cannot be a teacher"):
            TransformersTeacher(
                config=dict(model_type='swin'),
                mean=(0.5, ) * 3,
                std=(0.5, ) * 3,
                random_init=True)
        with pytest.raises(ValueError, match="'bert'"):
            TransformersTeacher(config=dict(model_type='bert'))
