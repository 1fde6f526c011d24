"""The distillation: its losses, its gradients, and misfits of its parts."""
import pytest
import torch
from mmengine.optim import OptimWrapper

from mvd_mm.models import MVD


@pytest.fixture
def model(mvd_cfg, randomise):
    return randomise(MVD(**mvd_cfg()), std=0.1)


@pytest.fixture
def inputs(draw_mask):
    return dict(imgs=torch.randn(2, 3, 4, 32, 32), mask=draw_mask(2, 32, 24))


class TestLoss:

    def test_one_per_teacher_named_after_it(self, model, inputs):
        losses = model(inputs, mode='loss')
        assert set(losses) == {'loss_image', 'loss_video'}
        assert all(v.ndim == 0 and v > 0 for v in losses.values())

    def test_reads_as_the_paper(self, model, inputs):
        visible = model.backbone(inputs['imgs'], inputs['mask'])
        for name, loss in model(inputs, mode='loss').items():
            branch = model.branches[name[len('loss_'):]]
            pred = branch['decoder'](visible, inputs['mask'])
            feats = branch['teacher'](inputs['imgs'])
            target = feats[inputs['mask']].reshape(pred.shape)
            torch.testing.assert_close(
                loss, torch.nn.functional.smooth_l1_loss(pred, target))

    @pytest.mark.parametrize('kept, deleted', [('image', 'video'),
                                               ('video', 'image')])
    def test_deleting_a_teacher_leaves_the_other_loss(self, mvd_cfg, model,
                                                      inputs, kept, deleted):
        cfg = mvd_cfg()
        del cfg['branches'][deleted]
        single = MVD(**cfg)
        single.load_state_dict({
            k: v
            for k, v in model.state_dict().items()
            if not k.startswith(f'branches.{deleted}.')
        })
        single.branches[kept]['teacher'].vit.load_state_dict(
            model.branches[kept]['teacher'].vit.state_dict())
        losses = single(inputs, mode='loss')
        assert list(losses) == [f'loss_{kept}']
        torch.testing.assert_close(losses[f'loss_{kept}'],
                                   model(inputs, mode='loss')[f'loss_{kept}'])

    def test_gradients_reach_the_student_and_no_teacher(self, model, inputs):
        sum(model(inputs, mode='loss').values()).backward()
        for name, param in model.named_parameters():
            if '.teacher.' in name:
                assert param.grad is None, name
            else:
                assert param.grad.abs().sum() > 0, name

    def test_hidden_pixels_reach_the_teachers_only(self, model, inputs):
        before = model(inputs, mode='predict')
        hidden = inputs['mask'].reshape(2, 1, 2, 4, 4).float()
        inputs['imgs'] += 9 * torch.nn.functional.interpolate(
            hidden, scale_factor=(2, 8, 8)) * torch.randn(2, 3, 4, 32, 32)
        after = model(inputs, mode='predict')
        for name in ('image', 'video'):
            assert (after[name]['pred'] == before[name]['pred']).all()
            change = (after[name]['target'] - before[name]['target']).abs()
            assert change.amax(-1).min() > 1e-2

    def test_image_teacher_looks_at_its_own_view(self, mvd_cfg, inputs,
                                                 randomise):
        cfg = mvd_cfg()
        teacher = cfg['branches']['image']['teacher']
        teacher['vit'].update(img_size=28, patch_size=7)
        teacher['view'] = 'imgs_image_teacher'
        model = randomise(MVD(**cfg), std=0.1)
        inputs['imgs_image_teacher'] = torch.randn(2, 3, 2, 28, 28)
        before = model(inputs, mode='loss')
        inputs['imgs_image_teacher'] += 1
        after = model(inputs, mode='loss')
        assert after['loss_image'] != before['loss_image']
        assert after['loss_video'] == before['loss_video']

    def test_a_step_of_mmengine_logs_the_sum(self, model, inputs):
        wrapper = OptimWrapper(
            torch.optim.AdamW(
                [p for p in model.parameters() if p.requires_grad], lr=1e-3))
        logs = model.train_step(dict(inputs=inputs), wrapper)
        assert logs['loss'].item() == pytest.approx(
            (logs['loss_image'] + logs['loss_video']).item())

    def test_visible_positions_count_where_both_parts_say_so(
            self, mvd_cfg, inputs):
        cfg = mvd_cfg()
        branch = cfg['branches']['video']
        branch['decoder']['predict_visible'] = True
        with pytest.raises(ValueError, match='branches.video.*visible_weight'):
            MVD(**cfg)
        branch['head']['visible_weight'] = 0.5
        model = MVD(**cfg)
        model.init_weights()
        result = model(inputs, mode='predict')['video']
        assert result['pred'].shape == result['target'].shape == (2, 24, 48)
        loss = model(inputs, mode='loss')['loss_video']
        hidden = torch.nn.functional.smooth_l1_loss(result['pred'],
                                                    result['target'])
        assert loss > hidden + 1e-3


class TestPredict:

    def test_shapes(self, model, inputs):
        results = model(inputs, mode='predict')
        for name, width in (('image', 16), ('video', 48)):
            shapes = {k: tuple(v.shape) for k, v in results[name].items()}
            assert shapes == dict(
                pred=(2, 24, width),
                target=(2, 24, width),
                feats=(2, 32, width))

    def test_target_is_normalised_and_features_are_not(self, mvd_cfg, inputs):
        cfg = mvd_cfg()
        cfg['branches']['video']['head']['norm_target'] = True
        model = MVD(**cfg)
        model.init_weights()
        result = model(inputs, mode='predict')['video']
        torch.testing.assert_close(
            result['target'].std(-1, unbiased=False),
            torch.ones(2, 24),
            rtol=1e-2,
            atol=0)
        assert (result['feats'] == model.branches['video']['teacher'](
            inputs['imgs'])).all()

    def test_rejects_unknown_mode(self, model, inputs):
        with pytest.raises(ValueError, match="`mode`.*'losses'"):
            model(inputs, mode='losses')


class TestWeights:

    def test_a_teacher_without_a_file_is_refused(self, mvd_cfg):
        cfg = mvd_cfg()
        del cfg['branches']['video']['teacher']['random_init']
        with pytest.raises(
                ValueError, match='`checkpoint` of VideoMAETeacher'):
            MVD(**cfg).init_weights()

    def test_teachers_with_files_are_not_in_the_state_dict(self, mvd_cfg):
        cfg = mvd_cfg()
        for branch in cfg['branches'].values():
            branch['teacher'].update(checkpoint='teacher.pth')
        model = MVD(**cfg)
        assert not any('.teacher.' in key for key in model.state_dict())
        model.load_state_dict(model.state_dict(), strict=True)

    def test_random_teachers_are_in_the_state_dict(self, mvd_cfg, model):
        for name in model.branches:
            assert any(
                key.startswith(f'branches.{name}.teacher.vit.')
                for key in model.state_dict())
        other = MVD(**mvd_cfg())
        other.load_state_dict(model.state_dict(), strict=True)
        for a, b in zip(model.parameters(), other.parameters()):
            assert torch.equal(a, b)


class TestMisfits:

    def test_rejects_a_teacher_of_another_grid(self, mvd_cfg):
        cfg = mvd_cfg()
        cfg['branches']['image']['teacher']['vit']['img_size'] = 40
        with pytest.raises(ValueError) as info:
            MVD(**cfg)
        for word in ('branches.image.teacher', '(2, 5, 5)', '(2, 4, 4)',
                     'img_size'):
            assert word in str(info.value)

    def test_rejects_a_decoder_of_another_grid(self, mvd_cfg):
        cfg = mvd_cfg()
        cfg['branches']['video']['decoder']['grid_size'] = (4, 4, 4)
        with pytest.raises(ValueError) as info:
            MVD(**cfg)
        for word in ('branches.video.decoder', '(4, 4, 4)', '(2, 4, 4)'):
            assert word in str(info.value)

    @pytest.mark.parametrize('key, right', [('in_channels', 32),
                                            ('out_channels', 48)])
    def test_rejects_a_decoder_of_another_width(self, mvd_cfg, key, right):
        cfg = mvd_cfg()
        cfg['branches']['video']['decoder'][key] = 64
        with pytest.raises(
                ValueError,
                match=f'`branches.video.decoder.{key}` is 64.*set it to '
                f'{right}'):
            MVD(**cfg)

    def test_all_frames_widen_the_target(self, mvd_cfg, inputs):
        cfg = mvd_cfg()
        cfg['branches']['image']['teacher']['all_frames'] = True
        with pytest.raises(ValueError, match='out_channels` is 16.*to 32'):
            MVD(**cfg)
        cfg['branches']['image']['decoder']['out_channels'] = 32
        result = MVD(**cfg)(inputs, mode='predict')['image']
        assert result['pred'].shape == result['target'].shape == (2, 24, 32)

    def test_suggests_the_name_of_an_unknown_part(self, mvd_cfg):
        cfg = mvd_cfg()
        branch = cfg['branches']['image']
        branch['decodr'] = branch.pop('decoder')
        with pytest.raises(
                KeyError,
                match="branches.image.*'decodr'.*did you mean 'decoder'"):
            MVD(**cfg)

    @pytest.mark.parametrize('part', ['teacher', 'decoder', 'head'])
    def test_names_a_missing_part(self, mvd_cfg, part):
        cfg = mvd_cfg()
        del cfg['branches']['image'][part]
        with pytest.raises(
                KeyError, match=rf"branches.image` lacks \['{part}'\]"):
            MVD(**cfg)

    def test_rejects_no_teacher_at_all(self, mvd_cfg):
        with pytest.raises(ValueError, match='`branches` is empty'):
            MVD(backbone=mvd_cfg()['backbone'], branches={})


@pytest.mark.parametrize('mode', ['loss', 'predict', 'tensor'])
@pytest.mark.parametrize('clips', [
    torch.zeros(2, 3, 4, 32, 32),
    dict(imgs=torch.zeros(2, 3, 4, 32, 32)),
])
def test_says_how_a_mask_reaches_the_model(model, clips, mode):
    with pytest.raises(KeyError, match='collect_keys=.*PretrainDataPrepro'):
        model(clips, mode=mode)


class TestModulesOfTheHost:
    """MMAction2's network is refused with the name of the one to use."""

    VIT = dict(
        type='mmaction.VisionTransformer',
        img_size=32,
        embed_dims=32,
        depth=1,
        num_heads=2,
        num_frames=4)

    def test_as_a_student(self, mvd_cfg):
        cfg = mvd_cfg()
        cfg['backbone'] = dict(self.VIT)
        with pytest.raises(TypeError) as error:
            MVD(**cfg)
        for word in ('mmaction.VisionTransformer', 'mvd_mm.MVDVisionTransf',
                     'use_mean_pooling=False', "pos_embed_type='sinusoid_1d'"):
            assert word in str(error.value)

    def test_as_a_teacher(self, mvd_cfg):
        cfg = mvd_cfg()
        cfg['branches']['video']['teacher'] = dict(self.VIT)
        with pytest.raises(TypeError) as error:
            MVD(**cfg)
        for word in ('branches.video.teacher', 'mmaction.VisionTransformer',
                     'mvd_mm.VideoMAETeacher', 'checkpoint='):
            assert word in str(error.value)
