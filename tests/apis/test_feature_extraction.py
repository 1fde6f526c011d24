"""Features in a file: values, order, interruption, faults."""
import json

import numpy as np
import pytest
import torch

from mvd_mm.apis import feature_extraction
from mvd_mm.apis.backbone import load_backbone
from mvd_mm.apis.clips import clip_features, read_clip
from mvd_mm.apis.feature_extraction import extract_features
from mvd_mm.apis.feature_files import read_features
from mvd_mm.apis.feature_networks import FeatureNetwork, load_feature_network
from mvd_mm.models import MVDVisionTransformer


@pytest.fixture
def student(tmp_path, vit_cfg, randomise):
    """Weights of a pre-trained student, with the config that has its sizes."""
    backbone = vit_cfg(use_mean_pooling=False)
    vit = randomise(MVDVisionTransformer(**backbone))
    torch.save({
        f'backbone.{k}': v
        for k, v in vit.state_dict().items()
    }, tmp_path / 's.pth')
    path = tmp_path / 'student.py'
    path.write_text('model = dict(backbone=dict('
                    f"type='mvd_mm.MVDVisionTransformer', **{backbone!r}))")
    return str(path), str(tmp_path / 's.pth')


@pytest.fixture
def folder(tmp_path, noise_video):
    """Seven videos in an order that is not that of a list."""
    for index in range(7):
        noise_video(
            tmp_path / 'v' / f'{index}.mp4', index, num_frames=10 + index)
    names = [f'{i}.mp4' for i in (3, 0, 6, 1, 5, 2, 4)]
    (tmp_path / 'list.txt').write_text(''.join(
        f'{name}\t{i % 2}\n' for i, name in enumerate(names)))
    return tmp_path / 'v', tmp_path / 'list.txt', names


def read(path):
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def test_rows_are_the_features_of_the_middle_clips_in_order(
        student, folder, tmp_path):
    config, weights = student
    videos, listed, names = folder
    done = extract_features(
        config,
        listed,
        tmp_path / 'f.npz',
        weights,
        prefix=str(videos),
        frame_interval=2,
        batch_size=3,
        device='cpu')
    found = read(tmp_path / 'f.npz')
    assert done.rows == 7 and not done.broken
    assert found['names'].tolist() == names
    assert found['labels'].tolist() == [0, 1, 0, 1, 0, 1, 0]
    np.testing.assert_allclose(found['end'],
                               [(10 + int(n[0])) / 10 for n in names])
    backbone = load_backbone(config, weights)
    for name, row in zip(names, found['features']):
        clip = read_clip(videos / name, 4, 2, 32)
        np.testing.assert_allclose(
            row, clip_features(backbone, clip)[0], atol=1e-5)
    assert json.loads(str(found['meta']))['frame_interval'] == 2


def killed_after(parts, monkeypatch):
    """Make an extraction stop while it writes one of its parts."""
    write = feature_extraction.FeatureParts.write
    count = []

    def stop(self, part, **arrays):
        count.append(part)
        if len(count) > parts:
            raise KeyboardInterrupt
        write(self, part, **arrays)

    monkeypatch.setattr(feature_extraction.FeatureParts, 'write', stop)


@pytest.mark.parametrize('suffix, options', [
    ('.npz', dict()),
    ('.npz', dict(
        window=.4, stride=.3, pool='none', dtype='float16', workers=1)),
    ('.parquet', dict(window=.4, pool='slices')),
])
def test_a_killed_extraction_gives_the_same_bytes(student, folder, tmp_path,
                                                  monkeypatch, suffix,
                                                  options):
    if suffix == '.parquet':
        pytest.importorskip('pyarrow')
    whole, out = tmp_path / f'whole{suffix}', tmp_path / f'f{suffix}'
    parts = tmp_path / f'f{suffix}.parts'
    config, weights = student
    videos, _, _ = folder
    (videos / '3.mp4').write_bytes((videos / '3.mp4').read_bytes()[:-200])

    def call(out):
        return extract_features(
            config,
            videos,
            out,
            weights,
            batch_size=2,
            device='cpu',
            **options)

    done = call(whole)
    assert list(done.broken) == ['3.mp4']
    with monkeypatch.context() as patch:
        killed_after(2, patch)
        with pytest.raises(KeyboardInterrupt):
            call(out)
    assert not out.exists()
    times = {p.name: p.stat().st_mtime_ns for p in parts.glob('*.npz')}
    assert len(times) == 2
    kept = feature_extraction.FeatureParts.write
    written = []
    monkeypatch.setattr(
        feature_extraction.FeatureParts, 'write', lambda self, part, **a:
        (written.append(part), kept(self, part, **a)))
    again = call(out)
    assert written[0] == 2  # the finished parts are not computed again
    assert again == done
    assert out.read_bytes() == whole.read_bytes()
    assert not parts.exists()
    found = read_features(out)
    assert '3.mp4' not in found['names']
    assert found['broken'][0][0] == '3.mp4'
    assert len(found['names']) == len(found['features']) == done.rows


def test_shards_give_the_file_of_one_process(student, folder, tmp_path):
    config, weights = student
    videos, _, _ = folder

    def call(out, **options):
        return extract_features(
            config,
            videos,
            out,
            weights,
            batch_size=2,
            device='cpu',
            **options)

    call(tmp_path / 'one.npz')
    out = tmp_path / 'two.npz'
    assert call(out, shard='2/2').missing == 2
    assert call(out, shard='1/2').missing == 0
    assert not out.exists()
    assert call(out).rows == 7
    assert out.read_bytes() == (tmp_path / 'one.npz').read_bytes()
    for wrong in ('0/2', '3/2', '2', 'a/b'):
        with pytest.raises(ValueError, match='`shard`'):
            call(tmp_path / 'x.npz', shard=wrong)


def test_parts_of_another_call_are_not_mixed_in(student, folder, tmp_path):
    config, weights = student
    videos, _, _ = folder
    out = tmp_path / 'f.npz'
    extract_features(
        config, videos, out, weights, shard='1/2', batch_size=2, device='cpu')
    with pytest.raises(ValueError, match=r"differs in \['layer'\]"):
        extract_features(
            config, videos, out, weights, layer=1, batch_size=2, device='cpu')
    other = torch.load(weights)
    torch.save({k: v * 1.1 for k, v in other.items()}, weights)
    with pytest.raises(ValueError, match=r"differs in \['weights'\]"):
        extract_features(
            config, videos, out, weights, batch_size=2, device='cpu')


def test_pools_are_means_of_the_tokens(student):
    config, weights = student
    clips = torch.randn(2, 3, 4, 32, 32)
    pools = {
        pool: load_feature_network(config, weights, pool=pool)(clips)
        for pool in ('clip', 'slices', 'none')
    }
    assert pools['none'].shape == (2, 2, 4, 4, 32)
    torch.testing.assert_close(pools['slices'], pools['none'].mean((2, 3)))
    torch.testing.assert_close(pools['clip'], pools['slices'].mean(1))
    with pytest.raises(ValueError, match='`pool`'):
        load_feature_network(config, weights, pool='mean')


def test_a_layer_gives_the_tokens_behind_its_block(student):
    config, weights = student
    clips = torch.randn(1, 3, 4, 32, 32)
    seen = []
    whole = load_backbone(config, weights)
    whole.blocks[0].register_forward_hook(lambda m, i, out: seen.append(out))
    with torch.no_grad():
        last = whole.encode(clips)
    for layer, tokens in ((1, seen[0]), (-2, seen[0]), (2, last), (-1, last)):
        found = load_feature_network(config, weights, layer=layer, pool='none')
        torch.testing.assert_close(found(clips).flatten(1, 3), tokens)
    for layer in (0, 3, -3):
        with pytest.raises(ValueError, match=r'1\.\.2'):
            load_feature_network(config, weights, layer=layer)


def test_features_of_teachers_are_their_targets(pretraining_run, tmp_path,
                                                vit_cfg, randomise):
    config, _, _ = pretraining_run
    clips = torch.randn(2, 3, 4, 32, 32)
    options = vit_cfg(
        embed_dims=48, pos_embed_type='sinusoid_1d', use_mean_pooling=False)
    vit = randomise(MVDVisionTransformer(**options))
    torch.save(
        {'model': {
            f'encoder.{k}': v
            for k, v in vit.state_dict().items()
        }}, tmp_path / 'teacher.pth')
    weights = str(tmp_path / 'teacher.pth')
    torch.save({
        f'backbone.{k}': v
        for k, v in vit.state_dict().items()
    }, weights)
    network = load_feature_network(
        config, weights, teacher='video', pool='none')
    with torch.no_grad():
        torch.testing.assert_close(
            network(clips).flatten(1, 3), vit.encode(clips))
    image = load_feature_network(config, teacher='image', pool='slices')
    assert image(clips).shape == (2, 2, 16)
    assert image.clip_size == (4, 32)
    with pytest.raises(KeyError, match=r"teachers \['image', 'video'\]"):
        load_feature_network(config, teacher='audio')
    with pytest.raises(KeyError, match='no teachers'):
        load_feature_network(weights, teacher='video')


def test_a_network_of_images_sees_each_frame(vit_cfg, randomise):
    vit = randomise(
        MVDVisionTransformer(
            use_mean_pooling=False,
            with_cls_token=True,
            qkv_bias='full',
            pos_embed_type='sincos_2d',
            **vit_cfg(num_frames=1, tubelet_size=1))).eval()
    clips = torch.randn(2, 3, 4, 32, 32)
    found = FeatureNetwork(vit, pool='none')(clips)
    assert found.shape == (2, 4, 4, 4, 32)
    with torch.no_grad():
        frame = vit(clips[:, :, 2:3])[:, 1:]
    torch.testing.assert_close(found[:, 2].flatten(1, 2), frame)


@pytest.mark.parametrize('change, words', [
    (dict(out='f.h5'), 'ending in .npz or .parquet'),
    (dict(dtype='int8'), '`dtype`'),
    (dict(stride=1.), '`stride` needs `window`'),
    (dict(window=-1.), '`window` must be a positive'),
    (dict(batch_size=0), '`batch_size` must be at least 1'),
])
def test_wrong_arguments_are_refused(student, folder, tmp_path, change, words):
    config, weights = student
    options = dict(out='f.npz', device='cpu')
    options.update(change)
    out = tmp_path / options.pop('out')
    with pytest.raises(ValueError, match=words):
        extract_features(config, folder[0], out, weights, **options)


def test_a_finished_file_is_not_replaced_unasked(student, folder, tmp_path):
    config, weights = student
    out = tmp_path / 'f.npz'
    out.write_text('mine')
    with pytest.raises(ValueError, match='`--overwrite`'):
        extract_features(config, folder[0], out, weights, device='cpu')
    assert out.read_text() == 'mine'
