"""From loader to model: bytes travel, numbers are made on the device."""
import pytest
import torch
from mmengine.dataset import default_collate, pseudo_collate

from mvd_mm.models import PretrainDataPreprocessor


@pytest.fixture
def sample():
    """One sample of two clips."""

    def draw(clips=2):
        mask = torch.zeros(clips, 8).bool()
        mask[:, :6] = True
        return dict(
            inputs=dict(
                imgs=torch.randint(
                    0, 256, (clips, 3, 4, 16, 16), dtype=torch.uint8),
                imgs_image_teacher=torch.randint(
                    0, 256, (clips, 3, 2, 14, 14), dtype=torch.uint8),
                mask=mask))

    return draw


def test_normalises_with_mean_and_deviation():
    imgs = torch.zeros(1, 1, 3, 2, 4, 4, dtype=torch.uint8)
    imgs[:, :, 1] = 255
    out = PretrainDataPreprocessor()(dict(inputs=dict(imgs=imgs)))
    values = out['inputs']['imgs']
    assert values.dtype == torch.float32
    # (0 - 123.675) / 58.395, (255 - 116.28) / 57.12, (0 - 103.53) / 57.375
    for channel, value in enumerate((-2.117904, 2.428571, -1.804444)):
        torch.testing.assert_close(values[:, channel],
                                   torch.full((1, 2, 4, 4), value))


def test_mean_and_deviation_can_be_set():
    preprocessor = PretrainDataPreprocessor(mean=(10, 20, 30), std=(1, 2, 4))
    imgs = torch.full((1, 1, 3, 2, 4, 4), 50, dtype=torch.uint8)
    values = preprocessor(dict(inputs=dict(imgs=imgs)))['inputs']['imgs']
    assert values[0, :, 0, 0, 0].tolist() == [40, 15, 5]


def test_bytes_travel_to_the_device(sample, monkeypatch):
    travelled = []
    move = torch.Tensor.to

    def spy(tensor, *args, **kwargs):
        travelled.append(tensor.dtype)
        return move(tensor, *args, **kwargs)

    monkeypatch.setattr(torch.Tensor, 'to', spy)
    PretrainDataPreprocessor()(pseudo_collate([sample()]))
    assert sorted(map(
        str, travelled)) == ['torch.bool', 'torch.uint8', 'torch.uint8']


def test_lands_on_the_device_of_the_model(sample):
    preprocessor = PretrainDataPreprocessor().to('meta')
    inputs = preprocessor(pseudo_collate([sample()]))['inputs']
    devices = {v.device.type for v in inputs.values() if torch.is_tensor(v)}
    assert devices == {'meta'}
    # known without a look at the device
    assert inputs['num_hidden'] == 6


def test_clips_of_a_sample_become_clips_of_the_batch(sample):
    samples = [sample(), sample(), sample()]
    inputs = PretrainDataPreprocessor()(pseudo_collate(samples))['inputs']
    assert inputs['imgs'].shape == (6, 3, 4, 16, 16)
    assert inputs['imgs_image_teacher'].shape == (6, 3, 2, 14, 14)
    assert inputs['mask'].shape == (6, 8)
    alone = PretrainDataPreprocessor()(pseudo_collate([samples[1]]))
    assert (inputs['imgs'][2:4] == alone['inputs']['imgs']).all()


def test_masks_keep_their_clip():
    masks = [torch.rand(2, 8).argsort(1) < 6 for _ in range(3)]
    out = PretrainDataPreprocessor()(dict(inputs=dict(mask=masks)))
    assert (out['inputs']['mask'] == torch.cat(masks)).all()


def test_a_mask_without_clips_axis_is_one_clip(sample):
    data = sample(clips=1)
    data['inputs']['mask'] = data['inputs']['mask'][0]
    inputs = PretrainDataPreprocessor()(pseudo_collate([data, data]))['inputs']
    assert inputs['mask'].shape == (2, 8)
    assert inputs['imgs'].shape[0] == 2


def test_list_and_stacked_input_agree(sample):
    samples = [sample(), sample()]
    preprocessor = PretrainDataPreprocessor()
    a = preprocessor(pseudo_collate(samples))['inputs']
    b = preprocessor(default_collate(samples))['inputs']
    assert a.keys() == b.keys() == {
        'imgs', 'imgs_image_teacher', 'mask', 'num_hidden'
    }
    assert all(torch.as_tensor(a[key] == b[key]).all() for key in a)


def test_rejects_masks_that_hide_different_numbers(sample):
    samples = [sample(), sample()]
    samples[1]['inputs']['mask'][0, 0] = False
    with pytest.raises(ValueError, match=r'`mask`.*\[5, 6\]'):
        PretrainDataPreprocessor()(pseudo_collate(samples))


def test_keeps_nothing_in_the_checkpoint():
    assert not PretrainDataPreprocessor().state_dict()


@pytest.mark.parametrize('inputs', [[torch.zeros(1, 3, 2, 4, 4)],
                                    torch.zeros(1, 1, 3, 2, 4, 4)])
def test_says_how_a_pipeline_keeps_the_mask(inputs):
    with pytest.raises(TypeError) as error:
        PretrainDataPreprocessor()(dict(inputs=inputs))
    assert 'collect_keys=(' in str(error.value)
    assert 'TubeMasking' in str(error.value)


def nested(number=2):
    """Samples with masks of AMD: 2 of 8 tokens seen, 4 by the teacher."""
    samples = []
    for _ in range(number):
        rank = torch.randperm(8)
        samples.append(
            dict(
                inputs=dict(
                    imgs=torch.zeros(1, 3, 4, 16, 16, dtype=torch.uint8),
                    mask=rank < 6,
                    teacher_mask=rank < 4)))
    return samples


@pytest.mark.parametrize('collate', [pseudo_collate, default_collate])
def test_the_teacher_s_mask_is_a_mask(collate):
    samples = nested()
    out = PretrainDataPreprocessor()(collate(samples))['inputs']
    for key in ('mask', 'teacher_mask'):
        expected = torch.stack([s['inputs'][key] for s in samples])
        assert (out[key] == expected).all() and out[key].dtype == torch.bool


def test_refuses_masks_that_do_not_nest():
    samples = nested()
    inputs = samples[1]['inputs']
    inputs['teacher_mask'] = ~inputs['teacher_mask']
    with pytest.raises(ValueError, match='mvd_mm.NestedTubeMasking'):
        PretrainDataPreprocessor()(pseudo_collate(samples))


def test_refuses_teachers_that_see_different_numbers_of_tokens():
    samples = nested()
    samples[1]['inputs']['teacher_mask'][:] = False
    with pytest.raises(ValueError, match='`teacher_mask` hides different'):
        PretrainDataPreprocessor()(pseudo_collate(samples))
