"""The decoder predicts at hidden positions, wherever tokens stand."""
import pytest
import torch

from mvd_mm.models import MaskedTokenDecoder
from mvd_mm.positions import build_position_table

TINY = dict(
    in_channels=32,
    out_channels=5,
    grid_size=(2, 4, 4),
    embed_dims=16,
    depth=2,
    num_heads=2)


@pytest.fixture
def build(randomise):

    def make(**overrides):
        return randomise(MaskedTokenDecoder(**{**TINY, **overrides})).eval()

    return make


def test_equals_decoding_every_token_in_its_place(build, draw_mask):
    decoder, mask = build(), draw_mask(2, 32, 24)
    visible = torch.randn(2, 8, 32)
    tokens = decoder.mask_token.repeat(2, 32, 1)
    tokens[~mask] = decoder.proj_in(visible).flatten(0, 1)
    tokens = tokens + decoder.pos_embed
    for block in decoder.blocks:
        tokens = block(tokens)
    pred = decoder.proj_out(decoder.norm(tokens))[mask].reshape(2, 24, 5)
    torch.testing.assert_close(
        decoder(visible, mask), pred, rtol=1e-4, atol=1e-5)


def test_every_visible_token_counts(build, draw_mask):
    decoder, mask = build(), draw_mask(1, 32, 24)
    visible = torch.randn(1, 8, 32)
    before = decoder(visible, mask)
    for index in range(8):
        changed = visible.clone()
        changed[0, index] += 1
        assert (decoder(changed, mask) - before).abs().max() > 1e-4


def test_extra_tokens_are_encoded_along_and_dropped(build, draw_mask):
    decoder, mask = build(num_extra_tokens=1), draw_mask(2, 32, 24)
    visible = torch.randn(2, 1 + 8, 32)
    pred = decoder(visible, mask)
    assert pred.shape == (2, 24, 5)
    visible[:, 0] += 1
    assert (decoder(visible, mask) - pred).abs().amax((1, 2)).min() > 1e-4


@pytest.mark.parametrize('kind', ['sincos_3d', 'sinusoid_1d', 'sincos_2d'])
def test_positions_are_fixed_and_stored(build, kind):
    decoder = build(pos_embed_type=kind)
    assert 'pos_embed' not in dict(decoder.named_parameters())
    assert (decoder.state_dict()['pos_embed'] == build_position_table(
        kind, 16, (2, 4, 4))).all()


def test_stochastic_depth_rises_inside_the_decoder(build):
    decoder = build(drop_path_rate=0.2, depth=3)
    assert [b.drop_path.drop_prob
            for b in decoder.blocks[1:]] == pytest.approx([0.1, 0.2])
    assert isinstance(decoder.blocks[0].drop_path, torch.nn.Identity)


def test_projection_may_have_no_bias(build):
    assert build(proj_bias=False).proj_in.bias is None
    assert build().proj_in.bias is not None


def test_initialisation_is_that_of_pretraining():
    decoder = MaskedTokenDecoder(**{**TINY, 'embed_dims': 96})
    decoder.init_weights()
    bound = (6 / (32 + 96))**0.5  # Xavier uniform
    largest = decoder.proj_in.weight.abs().max().item()
    assert 0.97 * bound < largest <= bound
    assert (decoder.proj_in.bias == 0).all()


def test_projection_may_keep_the_default_of_pytorch():
    decoder = MaskedTokenDecoder(
        **{
            **TINY, 'embed_dims': 96
        }, proj_bias=False, proj_init='default')
    decoder.init_weights()
    # uniform up to 1 / sqrt(inputs), whatever the number of outputs
    largest = decoder.proj_in.weight.abs().max().item()
    assert 0.97 * 32**-0.5 < largest <= 32**-0.5
    # the other layers are Xavier's still
    largest = decoder.proj_out.weight.abs().max().item()
    assert 0.97 < largest / (6 / (96 + 5))**0.5 <= 1


def test_mask_token_is_cut_at_one_standard_deviation():
    decoder = MaskedTokenDecoder(**{**TINY, 'embed_dims': 9600, 'depth': 0})
    decoder.init_weights()
    token = decoder.mask_token.detach()
    assert 0.0199 < token.abs().max() <= 0.02
    # sqrt(1 - 2 pdf(1) / (1 - 2 cdf(-1))) = 0.5396 of a normal cut at 1
    assert abs(token.std() / 0.02 - 0.5396) < 0.02
    assert abs(token.mean()) < 5 * 0.0108 / 9600**0.5


def test_mask_token_of_mae_is_not_cut():
    decoder = MaskedTokenDecoder(
        **{
            **TINY, 'embed_dims': 9600,
            'depth': 0
        }, mask_token_bound=None)
    decoder.init_weights()
    token = decoder.mask_token.detach()
    # of 9600 draws none is below 2.9 standard deviations once in 10^15
    assert token.abs().max() > 0.058
    assert abs(token.std() / 0.02 - 1) < 5 / (2 * 9600)**0.5


@pytest.mark.parametrize('options, message', [
    (dict(proj_init='Xavier'), "`proj_init`.*'Xavier'"),
    (dict(mask_token_bound=0.), '`mask_token_bound`.*0.0'),
    (dict(num_heads=3), '`num_heads`.*16 and 3'),
    (dict(embed_dims=24), '`embed_dims`.*16.*24'),
    (dict(pos_embed_type='3d'), "`pos_embed_type`.*'3d'"),
])
def test_names_argument_and_value_that_do_not_fit(options, message):
    with pytest.raises(ValueError, match=message):
        MaskedTokenDecoder(**{**TINY, **options})


def test_predictions_at_every_position_stand_in_token_order(build, draw_mask):
    torch.manual_seed(1)
    hidden_alone = build()
    everywhere = build(predict_visible=True)
    everywhere.load_state_dict(hidden_alone.state_dict())
    mask, visible = draw_mask(2, 32, 24), torch.randn(2, 8, 32)
    pred = everywhere(visible, mask)
    assert pred.shape == (2, 32, 5)
    torch.testing.assert_close(pred[mask].reshape(2, 24, 5),
                               hidden_alone(visible, mask))
    # what a visible token says of itself stands at its place
    changed = visible.clone()
    changed[0, 3] += 5
    change = (everywhere(changed, mask) - pred)[0].norm(dim=-1)
    assert change.argmax() == (~mask[0]).nonzero()[3]
