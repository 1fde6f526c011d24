"""AMD: every formula again, in other words, and what it must refuse."""
import math

import pytest
import torch
import torch.nn.functional as F

from mvd_mm.checkpoints import load_encoder
from mvd_mm.models import AMD, MVDVisionTransformer
from mvd_mm.registry import MODELS

GRID = (2, 4, 4)
FURTHER = 8  # tokens that the teacher sees and the student does not


@pytest.fixture
def model(amd_cfg, randomise):
    return randomise(MODELS.build(amd_cfg()))


@pytest.fixture
def inputs():
    """Two clips, 8 of 32 tokens visible, 8 further ones to the teacher."""
    rank = torch.rand(2, 32).argsort(1).argsort(1)
    return dict(
        imgs=torch.randn(2, 3, 4, 32, 32),
        mask=rank < 24,
        teacher_mask=rank < 24 - FURTHER)


# --- AMD in other words: token by token, weights by name


def positions(width):
    """Sine in even channels, cosine in odd ones, of the token's number."""
    table = torch.empty(32, width, dtype=torch.float64)
    for token in range(32):
        for channel in range(width):
            angle = token / 10000**(channel // 2 * 2 / width)
            table[token, channel] = (
                math.sin(angle) if channel % 2 == 0 else math.cos(angle))
    return table


def linear(x, weights, name):
    bias = weights.get(f'{name}.bias')
    return x @ weights[f'{name}.weight'].T + (0 if bias is None else bias)


def norm(x, weights, name):
    x = x - x.mean(-1, keepdim=True)
    x = x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt()
    return x * weights[f'{name}.weight'] + weights[f'{name}.bias']


def block(x, weights, name, heads):
    """One transformer block on the tokens of one clip, (L, D)."""
    h = norm(x, weights, f'{name}.norm1')
    query, key, value = linear(h, weights, f'{name}.attn.qkv').chunk(3, -1)
    query = query + weights[f'{name}.attn.q_bias']
    value = value + weights[f'{name}.attn.v_bias']
    mixed = []
    for q, k, v in zip(*(t.chunk(heads, -1) for t in (query, key, value))):
        mixed.append((q @ k.T / q.shape[-1]**0.5).softmax(-1) @ v)
    x = x + linear(torch.cat(mixed, -1), weights, f'{name}.attn.proj')
    h = linear(
        norm(x, weights, f'{name}.norm2'), weights, f'{name}.mlp.layers.0.0')
    return x + linear(F.gelu(h), weights, f'{name}.mlp.layers.1')


def tokens_of(clip, weights, name, places):
    """Embedded tubelets with positions, in the order of ``places``."""
    kernel = weights[f'{name}.patch_embed.projection.weight']
    found = F.conv3d(
        clip[None],
        kernel,
        weights[f'{name}.patch_embed.projection.bias'],
        stride=kernel.shape[2:])
    found = found[0].flatten(1).T + positions(len(kernel))
    return found[places]


def losses_of(clip, mask, teacher_mask, weights, criterion):
    """The three losses on one clip."""
    seen = [i for i in range(32) if not mask[i]]
    hidden = [i for i in range(32) if mask[i]]
    further = [i for i in hidden if not teacher_mask[i]]
    assert (len(seen), len(further)) == (8, FURTHER)

    student, x = [], tokens_of(clip, weights, 'backbone', seen)
    for number in range(2):
        x = block(x, weights, f'backbone.blocks.{number}', 4)
        student.append(x)
    teacher, y = {}, tokens_of(clip, weights, 'teacher.vit', seen + further)
    for number in range(4):
        y = block(y, weights, f'teacher.vit.blocks.{number}', 4)
        teacher[number + 1] = y

    direct, generation = [], []
    for index, layer in enumerate((2, 4)):
        aligned = student[index] @ weights[f'projections.{index}.weight'].T
        direct.append(criterion(aligned, teacher[layer][:8]))
        table = positions(48)
        token = weights[f'generators.{index}.mask_token'].reshape(48)
        z = torch.cat([aligned + table[seen], token + table[further]])
        for number in range(2):
            z = block(z, weights, f'generators.{index}.blocks.{number}', 4)
        generation.append(criterion(z[-FURTHER:], teacher[layer][-FURTHER:]))

    x = linear(norm(x, weights, 'backbone.norm'), weights, 'decoder.proj_in')
    x = torch.cat([
        x + positions(16)[seen],
        weights['decoder.mask_token'].reshape(16) + positions(16)[hidden]
    ])
    x = block(x, weights, 'decoder.blocks.0', 2)[len(seen):]
    pred = linear(
        norm(x, weights, 'decoder.norm'), weights, 'decoder.proj_out')
    pixels = (pred - pixels_of(clip)[hidden]).square().mean()
    return pixels, sum(direct) / 2, sum(generation) / 2


def pixels_of(clip):
    """Targets (32, 384): frame, row, column, colour last."""
    mean = torch.tensor([123.675, 116.28, 103.53]).double() / 255
    std = torch.tensor([58.395, 57.12, 57.375]).double() / 255
    colours = clip * std[:, None, None, None] + mean[:, None, None, None]
    targets = []
    for t in range(2):
        for row in range(4):
            for column in range(4):
                cube = colours[:, 2 * t:2 * t + 2, 8 * row:8 * row + 8,
                               8 * column:8 * column + 8]
                flat = cube.reshape(3, -1)  # (3, 128): per colour
                centred = flat - flat.mean(1, keepdim=True)
                deviation = (centred.square().sum(1, keepdim=True) /
                             127).sqrt()
                targets.append((centred / (deviation + 1e-6)).T.reshape(-1))
    return torch.stack(targets)


@pytest.mark.parametrize('kind, criterion', [
    ('l2', F.mse_loss),
    ('l1', F.l1_loss),
    ('smooth_l1', F.smooth_l1_loss),
])
def test_losses_are_those_of_an_independent_computation(
        kind, criterion, amd_cfg, randomise, inputs):
    loss = dict(type='mvd_mm.RegressionLoss', criterion=kind)
    model = randomise(
        MODELS.build(amd_cfg(direct_loss=loss, generation_loss=loss)))
    # the tables are built in the test: none of ours is used
    weights = {k: v.double() for k, v in model.state_dict().items()}
    clips = [
        losses_of(clip.double(), mask, teacher_mask, weights,
                  criterion) for clip, mask, teacher_mask in zip(
                      inputs['imgs'], inputs['mask'], inputs['teacher_mask'])
    ]
    found = model(inputs, mode='loss')
    assert list(found) == ['loss_pixels', 'loss_direct', 'loss_generation']
    for key, expected in zip(found, zip(*clips)):
        mean = float(sum(expected)) / len(clips)
        assert found[key].item() == pytest.approx(mean, rel=1e-5), key


def test_weights_multiply_the_losses(amd_cfg, inputs):
    plain = MODELS.build(amd_cfg())
    weighted = MODELS.build(
        amd_cfg(
            pixel_weight=0.,
            direct_loss=dict(
                type='mvd_mm.RegressionLoss', criterion='l2', loss_weight=2.),
            generation_loss=dict(
                type='mvd_mm.RegressionLoss', criterion='l2', loss_weight=.5)))
    weighted.load_state_dict(plain.state_dict())
    one, other = (m(inputs, mode='loss') for m in (plain, weighted))
    for key, factor in (('loss_pixels', 0), ('loss_direct', 2),
                        ('loss_generation', .5)):
        assert other[key].item() == pytest.approx(factor * one[key].item())


def test_by_default_all_weights_are_1_and_the_distance_is_squared(model):
    assert model.pixel_weight == 1
    for loss in (model.direct_loss, model.generation_loss):
        assert (loss.criterion, loss.loss_weight) == ('l2', 1)


def test_prediction_and_targets_give_the_losses(model, inputs):
    results = model(inputs, mode='predict')
    losses = model(inputs, mode='loss')
    distances = {
        name: F.mse_loss(r['pred'], r['target']).item()
        for name, r in results.items()
    }
    assert list(distances) == [
        'pixels', 'direct_1', 'generation_1', 'direct_2', 'generation_2'
    ]
    assert results['pixels']['pred'].shape == (2, 24, 384)
    assert results['direct_1']['target'].shape == (2, 8, 48)
    assert results['generation_2']['target'].shape == (2, FURTHER, 48)
    for key, names in (('pixels', ['pixels']), ('direct',
                                                ['direct_1', 'direct_2']),
                       ('generation', ['generation_1', 'generation_2'])):
        mean = sum(distances[name] for name in names) / len(names)
        assert losses[f'loss_{key}'].item() == pytest.approx(mean, rel=1e-6)


def test_tensor_is_what_the_student_makes_of_the_visible_tokens(model, inputs):
    visible = model(inputs)
    assert visible.shape == (2, 8, 32)
    assert (visible == model.backbone(inputs['imgs'], inputs['mask'])).all()
    with pytest.raises(ValueError, match="'loss', 'predict' or 'tensor'"):
        model(inputs, mode='test')


def test_what_is_hidden_from_both_changes_pixels_alone(model, inputs):
    before = model(inputs, mode='loss')
    both = (inputs['mask'] & inputs['teacher_mask']).reshape(2, 1, *GRID)
    cells = both.repeat_interleave(2, 2).repeat_interleave(
        8, 3).repeat_interleave(8, 4)
    noise = torch.randn_like(inputs['imgs'])
    after = model(
        dict(inputs, imgs=inputs['imgs'] + noise * cells), mode='loss')
    assert after['loss_direct'] == before['loss_direct']
    assert after['loss_generation'] == before['loss_generation']
    assert after['loss_pixels'] != before['loss_pixels']


def test_the_projection_takes_the_last_block_before_its_norm(model, inputs):
    before = model(inputs, mode='loss')
    with torch.no_grad():
        model.backbone.norm.weight.mul_(3)
    after = model(inputs, mode='loss')
    assert after['loss_direct'] == before['loss_direct']
    assert after['loss_pixels'] != before['loss_pixels']


def test_both_alignments_share_the_projections(model, inputs):
    for key in ('loss_direct', 'loss_generation'):
        model.zero_grad()
        model(inputs, mode='loss')[key].backward()
        for projection in model.projections:
            assert projection.weight.grad.abs().max() > 0, key


def test_gradients_reach_all_but_the_teacher(model, inputs):
    sum(model(inputs, mode='loss').values()).backward()
    for name, param in model.named_parameters():
        assert (param.grad is None) == name.startswith('teacher.'), name
        assert param.requires_grad != name.startswith('teacher.')


def test_the_teacher_takes_no_gradient_and_no_training_mode(model, inputs):
    assert not model.train().teacher.vit.training
    targets = model.teacher.layer_features(
        inputs['imgs'], inputs['mask'],
        inputs['mask'] & ~inputs['teacher_mask'])
    assert not any(t.requires_grad for t in targets)


def test_loss_falls(amd_cfg, inputs):
    model = MODELS.build(amd_cfg())
    model.init_weights()
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], lr=3e-3)
    found = []
    for _ in range(12):
        losses = model(inputs, mode='loss')
        optimizer.zero_grad()
        sum(losses.values()).backward()
        optimizer.step()
        found.append({k: v.item() for k, v in losses.items()})
    for key in found[0]:
        assert found[-1][key] < found[0][key]


@pytest.mark.parametrize('options, error, words', [
    (dict(student_layers=(1, )), ValueError, 'aligned one by one'),
    (dict(student_layers=(2, 1)), ValueError,
     r'`student_layers` must be numbers of blocks from 1 to 2.*\(2, 1\)'),
    (dict(student_layers=(1, 3)), ValueError, '`student_layers`'),
    (dict(student_layers=()), ValueError, r'e\.g\. \(1, 2\)'),
])
def test_refuses_layers_that_do_not_align(amd_cfg, options, error, words):
    with pytest.raises(error, match=words):
        MODELS.build(amd_cfg(**options))


@pytest.mark.parametrize('part, options, words', [
    ('teacher', dict(layers=(2, 5)), r'`teacher.layers` .* 1 to 4'),
    ('generator', dict(embed_dims=32), '`generator.embed_dims` is 32.*to 48'),
    ('generator', dict(grid_size=(2, 4, 8)), '`generator` has the token grid'),
    ('decoder', dict(grid_size=(2, 8, 4)), '`decoder` has the token grid'),
    ('decoder', dict(in_channels=48), '`decoder.in_channels` is 48.*to 32'),
])
def test_refuses_parts_that_do_not_fit(amd_cfg, part, options, words):
    cfg = amd_cfg()
    cfg[part].update(options)
    with pytest.raises(ValueError, match=words):
        MODELS.build(cfg)


def test_refuses_a_teacher_of_another_class(amd_cfg):
    cfg = amd_cfg()
    cfg['teacher'].update(type='mvd_mm.VideoMAETeacher')
    del cfg['teacher']['layers']
    with pytest.raises(TypeError, match='mvd_mm.MaskedVideoMAETeacher'):
        MODELS.build(cfg)


@pytest.mark.parametrize('key, name',
                         [('mask', 'mvd_mm.TubeMasking'),
                          ('teacher_mask', 'mvd_mm.NestedTubeMasking')])
def test_says_how_a_mask_gets_into_the_batch(model, inputs, key, name):
    del inputs[key]
    with pytest.raises(KeyError, match=rf"inputs\['{key}'\].*{name}"):
        model(inputs, mode='loss')


def test_a_checkpoint_holds_no_teacher_and_becomes_a_backbone(
        amd_cfg, vit_cfg, tmp_path, inputs):
    model = MODELS.build(amd_cfg())
    model.init_weights()
    teacher = {
        f'backbone.{k}': v
        for k, v in model.teacher.vit.state_dict().items()
    }
    torch.save(dict(state_dict=teacher), tmp_path / 'teacher.pth')
    cfg = amd_cfg()
    cfg['teacher'].update(
        random_init=False, checkpoint=str(tmp_path / 'teacher.pth'))
    student = MODELS.build(cfg)
    student.init_weights()
    saved = student.state_dict()
    assert {k.split('.')[0]
            for k in saved
            } == {'backbone', 'projections', 'generators', 'decoder'}
    torch.save(dict(state_dict=saved), tmp_path / 'student.pth')
    vit = MVDVisionTransformer(pos_embed_type='sinusoid_1d', **vit_cfg())
    report = load_encoder(vit, str(tmp_path / 'student.pth'))
    assert (vit.encode(inputs['imgs']) == student.backbone.encode(
        inputs['imgs'])).all()
    reasons = {
        reason: {k.split('.')[0]
                 for k in keys}
        for reason, keys in report.dropped.items()
    }
    assert {
        'projections of the alignment with a teacher': {'projections'},
        "generators of a teacher's features": {'generators'},
        'pixel decoder': {'decoder'}
    }.items() <= reasons.items()


def test_fixed_mask_tokens_are_saved_and_do_not_learn(amd_cfg):
    cfg = amd_cfg()
    cfg['generator']['learn_mask_token'] = False
    model = MODELS.build(cfg)
    model.init_weights()
    names = [n for n, _ in model.named_parameters() if 'generators' in n]
    assert not any(n.endswith('mask_token') for n in names)
    tokens = [model.state_dict()[f'generators.{i}.mask_token'] for i in (0, 1)]
    assert (tokens[0] != tokens[1]).any()


def test_projections_start_as_every_linear_layer_of_the_student(amd_cfg):
    model = AMD(**{k: v for k, v in amd_cfg().items() if k != 'type'})
    model.init_weights()
    for projection in model.projections:
        bound = (6 / (32 + 48))**0.5
        assert 0.95 * bound < projection.weight.abs().max() <= bound
        assert projection.bias is None
