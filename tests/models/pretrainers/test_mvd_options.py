"""Several masks of a clip, and a part of the hidden tokens."""
import pytest
import torch
import torch.nn.functional as F

from mvd_mm.models import MVD, PretrainDataPreprocessor
from mvd_mm.models.layers import TokenSplit, split_tokens
from mvd_mm.models.pretrainers._masks import some_hidden
from mvd_mm.registry import TRANSFORMS


@pytest.fixture
def model(mvd_cfg, randomise):
    return randomise(MVD(**mvd_cfg()), std=0.1)


@pytest.fixture
def inputs(draw_mask):
    """Two clips with three masks each."""
    return dict(imgs=torch.randn(2, 3, 4, 32, 32), mask=draw_mask(6, 32, 24))


class TestSeveralMasks:

    def test_equal_as_many_steps_with_one_mask_each(self, model, inputs):
        together = model(inputs, mode='loss')
        apart = [
            model(
                dict(imgs=inputs['imgs'], mask=inputs['mask'][i::3]),
                mode='loss') for i in range(3)
        ]
        for name, loss in together.items():
            mean = torch.stack([losses[name] for losses in apart]).mean()
            torch.testing.assert_close(loss, mean)

    def test_gradients_are_the_mean_too(self, model, inputs):

        def gradients(batches):
            model.zero_grad()
            for batch in batches:
                sum(model(batch, mode='loss').values()).backward()
            return {
                name: p.grad / len(batches)
                for name, p in model.named_parameters() if p.grad is not None
            }

        together = gradients([inputs])
        apart = gradients([
            dict(imgs=inputs['imgs'], mask=inputs['mask'][i::3])
            for i in range(3)
        ])
        assert together.keys() == apart.keys()
        for name, grad in together.items():
            torch.testing.assert_close(grad, apart[name], rtol=1e-4, atol=1e-6)

    def test_share_one_pass_of_each_teacher(self, model, inputs):
        seen = []
        for branch in model.branches.values():
            branch['teacher'].vit.register_forward_pre_hook(
                lambda module, args: seen.append(len(args[0])))
            vit = branch['teacher'].vit
            vit.blocks[0].register_forward_pre_hook(
                lambda module, args: seen.append(args[0].shape[0]))
        model(inputs, mode='loss')
        # clips of the video teacher, frames or slices of the image teacher
        assert seen and max(seen) <= 2 * 4

    def test_predictions_belong_to_their_masks(self, model, inputs):
        results = model(inputs, mode='predict')
        for name, branch in model.branches.items():
            feats = branch['teacher'](inputs['imgs'])
            target = results[name]['target'].reshape(2, 3, 24, -1)
            for clip in range(2):
                for number in range(3):
                    mask = inputs['mask'][3 * clip + number]
                    torch.testing.assert_close(target[clip, number],
                                               feats[clip][mask])
        assert model(inputs, mode='tensor').shape[:2] == (6, 8)

    def test_come_from_the_masking_transform(self, model):
        masking = TRANSFORMS.build(
            dict(
                type='mvd_mm.TubeMasking',
                grid_size=(2, 4, 4),
                mask_ratio=0.75,
                num_masks=3))
        clips = [
            torch.randint(256, (1, 3, 4, 32, 32), dtype=torch.uint8)
            for _ in range(2)
        ]
        masks = [
            torch.from_numpy(masking.transform({})['mask']) for _ in clips
        ]
        batch = PretrainDataPreprocessor()(
            dict(inputs=dict(imgs=clips, mask=masks)))
        losses = model(batch['inputs'], mode='loss')
        assert all(torch.isfinite(loss) for loss in losses.values())
        assert torch.equal(batch['inputs']['mask'], torch.cat(masks))

    @pytest.mark.parametrize('number', [1, 3])
    def test_no_multiple_of_the_clips_is_refused(self, model, inputs, number):
        inputs['mask'] = inputs['mask'][:number]
        with pytest.raises(ValueError, match=f'{number} masks for 2 clips'):
            model(inputs, mode='loss')


class TestShareOfTheHiddenTokens:

    def test_whole_share_draws_nothing(self, mvd_cfg, model, inputs):
        state = torch.get_rng_state()
        model(inputs, mode='loss')
        assert torch.equal(torch.get_rng_state(), state)

    def test_loss_is_that_of_the_tokens_drawn(self, model, inputs):
        model.decode_share = 0.25
        torch.manual_seed(3)
        losses = model(inputs, mode='loss')
        torch.manual_seed(3)
        tokens = split_tokens(inputs['mask'])
        some = some_hidden(tokens, 0.25)
        visible = model.backbone(inputs['imgs'].repeat_interleave(3, 0),
                                 tokens)
        for name, branch in model.branches.items():
            pred = branch['decoder'](visible, some)
            assert pred.shape[:2] == (6, 6)
            feats = branch['teacher'](inputs['imgs']).repeat_interleave(3, 0)
            target = torch.stack(
                [feat[rows] for feat, rows in zip(feats, some.hidden)])
            torch.testing.assert_close(losses[f'loss_{name}'],
                                       F.smooth_l1_loss(pred, target))

    def test_tokens_are_hidden_ones_in_order_each_as_often(self):
        tokens = TokenSplit(
            torch.arange(8).repeat(4000, 1),
            torch.arange(8, 24).repeat(4000, 1))
        drawn = some_hidden(tokens, 0.5).hidden
        assert drawn.shape == (4000, 8)
        assert (drawn.diff(dim=1) > 0).all()
        counts = torch.bincount(drawn.flatten(), minlength=24)
        assert counts[:8].sum() == 0
        # each is kept with probability 1/2: 2000, deviation 31.6
        assert (counts[8:] - 2000).abs().max() < 5 * 31.6

    @pytest.mark.parametrize('share', [0, -0.5, 1.5])
    def test_share_outside_its_range_is_refused(self, mvd_cfg, share):
        with pytest.raises(ValueError, match='decode_share'):
            MVD(**mvd_cfg(), decode_share=share)

    def test_visible_tokens_cannot_be_compared_then(self, mvd_cfg):
        cfg = mvd_cfg()
        branch = cfg['branches']['video']
        branch['head']['visible_weight'] = 0.5
        branch['decoder']['predict_visible'] = True
        with pytest.raises(ValueError, match=r'branches\.video\.head'):
            MVD(**cfg, decode_share=0.5)

    def test_at_least_one_token_is_predicted(self):
        tokens = split_tokens(torch.tensor([[True, False, True]]))
        assert some_hidden(tokens, 0.01).hidden.shape == (1, 1)
