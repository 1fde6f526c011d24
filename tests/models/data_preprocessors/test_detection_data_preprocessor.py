"""Frames are padded to whole patches, boxes stay where they are."""
import pytest
import torch

from mvd_mm.models import DetectionDataPreprocessor


@pytest.mark.parametrize('size, padded', [((256, 341), (256, 352)),
                                          ((250, 256), (256, 256)),
                                          ((224, 224), (224, 224))])
def test_pads_right_and_below_with_the_mean_colour(size, padded):
    mean, std = [10., 20., 30.], [2., 4., 5.]
    clip = torch.randint(0, 255, (3, 2, *size), dtype=torch.uint8)
    out = DetectionDataPreprocessor(
        mean=mean, std=std, format_shape='NCTHW')(
            dict(inputs=[clip], data_samples=[None]))
    clips = out['inputs']
    assert clips.shape == (1, 3, 2, *padded)
    shape = (3, 1, 1, 1)
    expected = (clip -
                torch.tensor(mean).view(shape)) / torch.tensor(std).view(shape)
    torch.testing.assert_close(clips[0, ..., :size[0], :size[1]], expected)
    assert (clips[..., size[0]:, :] == 0).all()
    assert (clips[..., size[1]:] == 0).all()


def test_a_divisor_of_zero_is_refused():
    with pytest.raises(ValueError, match='`pad_size_divisor`'):
        DetectionDataPreprocessor(pad_size_divisor=0)


def test_clips_of_several_sizes_are_padded_after_normalisation():
    net = DetectionDataPreprocessor(
        mean=[10., 20., 30.], std=[2., 4., 5.], format_shape='NCTHW')
    sizes = (20, 30), (40, 24)
    clips = [
        torch.randint(0, 255, (3, 2, *size), dtype=torch.uint8)
        for size in sizes
    ]
    found = net(dict(inputs=clips, data_samples=[None, None]))['inputs']
    assert found.shape == (2, 3, 2, 48, 32)
    for row, clip, (height, width) in zip(found, clips, sizes):
        alone = net(dict(inputs=[clip], data_samples=[None]))['inputs'][0]
        inside = row[..., :height, :width]
        assert (inside == alone[..., :height, :width]).all()
        assert (row != 0).sum() == (inside != 0).sum()


def test_clips_of_several_lengths_are_refused():
    clips = [torch.zeros(3, t, 16, 16, dtype=torch.uint8) for t in (2, 4)]
    with pytest.raises(ValueError, match=r'\[2, 4\] frames'):
        DetectionDataPreprocessor(
            mean=[0., 0, 0], std=[1., 1, 1], format_shape='NCTHW')(
                dict(inputs=clips, data_samples=[None, None]))
