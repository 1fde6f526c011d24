"""AMD's generator: positions again, no closing norm, its mask token."""
import pytest
import torch

from mvd_mm.models import FeatureGenerator

GRID = (2, 2, 4)


def generator(**options):
    options = dict(
        dict(grid_size=GRID, embed_dims=32, depth=2, num_heads=4), **options)
    return FeatureGenerator(**options)


@pytest.fixture
def masks():
    """3 of 16 tokens visible, 5 wanted."""
    rank = torch.rand(2, 16).argsort(1).argsort(1)
    return rank < 13, (rank >= 8) & (rank < 13)


def test_the_published_size_has_50_million_parameters_in_two():
    with torch.device('meta'):
        published = FeatureGenerator((8, 14, 14))
    assert (len(published.blocks), published.embed_dims,
            published.blocks[0].attn.num_heads) == (2, 1024, 16)
    blocks = sum(p.numel() for p in published.blocks.parameters())
    # a block: (3 + 1 + 2 * 4) * 1024 ** 2 weights, biases of q, v, of the
    # projection, of both layers of the MLP, two norms
    assert blocks == 2 * (12 * 1024**2 + 1024 * (2 + 1 + 4 + 1 + 4))
    assert f'{2 * blocks / 1e6:.1f}' == '50.4'
    assert sum(p.numel() for p in published.parameters()) == blocks + 1024
    assert not any(
        k.startswith(('norm', 'proj')) for k in published.state_dict())


def test_without_blocks_it_gives_mask_token_plus_positions(masks):
    mask, wanted = masks
    model = generator(depth=0)
    model.init_weights()
    out = model(torch.randn(2, 3, 32), mask, wanted)
    for clip, places in zip(out, wanted):
        expected = model.mask_token[0] + model.pos_embed[0][places]
        assert (clip == expected).all()


def test_positions_are_added_to_the_features_too(masks, randomise):
    mask, wanted = masks
    model = randomise(generator())
    feats = torch.randn(2, 3, 32)
    before = model(feats, mask, wanted)
    assert before.shape == (2, 5, 32)
    shift = torch.randn(32)
    model.pos_embed += shift
    # what is added to the positions may as well be added to the tokens
    with torch.no_grad():
        after = model(feats - shift, mask, wanted)
        model.pos_embed -= shift
        model.mask_token += shift
        other = model(feats, mask, wanted)
    torch.testing.assert_close(after, other)
    assert not torch.allclose(before, after)


def test_order_of_the_visible_tokens_is_that_of_the_mask(masks, randomise):
    mask, wanted = masks
    model = randomise(generator())
    feats = torch.randn(2, 3, 32)
    assert not torch.allclose(
        model(feats, mask, wanted), model(feats.flip(1), mask, wanted))


def test_hidden_tokens_that_are_not_wanted_play_no_part(masks, randomise):
    mask, wanted = masks
    model = randomise(generator())
    feats = torch.randn(2, 3, 32)
    before = model(feats, mask, wanted)
    table = model.pos_embed.clone()
    for row in range(2):  # not even their positions matter
        model.pos_embed[0, mask[row] & ~wanted[row]] += 9
        assert (before[row] == model(feats, mask, wanted)[row]).all()
        model.pos_embed.copy_(table)


@pytest.mark.parametrize('learn', [True, False])
def test_mask_token_starts_cut_at_its_deviation(learn):
    model = generator(
        embed_dims=4096, num_heads=1, depth=0, learn_mask_token=learn)
    model.init_weights()
    token = model.mask_token
    assert token.abs().max() <= 0.02
    assert token.std().item() == pytest.approx(0.0108, abs=4e-4)
    assert ('mask_token' in dict(model.named_parameters())) == learn
    assert 'mask_token' in model.state_dict()


def test_layers_start_as_those_of_pretraining():
    model = generator()
    model.init_weights()
    weight = model.blocks[0].mlp.layers[0][0].weight
    bound = (6 / (32 + 128))**0.5
    assert 0.95 * bound < weight.abs().max() <= bound
    assert (model.blocks[1].norm1.weight == 1).all()
