"""What is trained from what on what, in words."""
from types import SimpleNamespace

import pytest
from torch import nn

from mvd_mm.engine.run_description import describe_run
from mvd_mm.models import MVD, MVDVisionTransformer
from mvd_mm.registry import MODELS


class Listed(list):
    ann_file = 'data/train.txt'


class Recognizer(nn.Module):

    def __init__(self, checkpoint=None):
        super().__init__()
        self.backbone = MVDVisionTransformer(
            img_size=(32, 48),
            embed_dims=32,
            depth=2,
            num_heads=2,
            num_frames=4,
            init_cfg=dict(type='Pretrained', checkpoint=checkpoint))
        self.cls_head = SimpleNamespace(num_classes=7)


def make_runner(model, load_from=None, resume=False, val=None):
    return SimpleNamespace(
        model=model,
        _load_from=load_from,
        _resume=resume,
        work_dir='work',
        train_dataloader=SimpleNamespace(dataset=Listed('abc')),
        val_loop=val)


def test_recognizer_its_file_its_classes_its_data():
    val = SimpleNamespace(dataloader=SimpleNamespace(dataset=[1, 2]))
    model, data = describe_run(make_runner(Recognizer('mvd.pth'), val=val))
    assert model.startswith(
        'training Recognizer: MVDVisionTransformer of 2 blocks, 32 wide, for '
        '4 frames of 48 x 32 pixels, 7 classes, 0.1 M parameters learn; ')
    assert model.endswith('the backbone starts from mvd.pth')
    assert data == ('on 3 samples of data/train.txt; validated on 2 samples')


@pytest.mark.parametrize('options, words', [
    (dict(), 'from scratch'),
    (dict(load_from='a.pth'), 'weights from a.pth'),
    (dict(resume=True), 'resumed from the latest checkpoint in work'),
    (dict(load_from='a.pth', resume=True), 'resumed from a.pth'),
])
def test_where_the_weights_come_from(options, words):
    assert describe_run(make_runner(Recognizer(),
                                    **options))[0].endswith(f'; {words}')


def test_teachers_are_named_with_their_files(mvd_cfg):
    cfg = mvd_cfg()
    cfg['branches']['image']['teacher']['checkpoint'] = 'mae.pth'
    model, image, video, _ = describe_run(make_runner(MVD(**cfg)))
    assert model.startswith('training MVD: MVDVisionTransformer of ')
    assert image.startswith('image teacher MAEImageTeacher: ')
    assert image.endswith('frozen; weights from mae.pth')
    assert video.startswith('video teacher VideoMAETeacher: ')
    assert video.endswith('weights from no file: random')


def test_a_repeated_set_counts_its_videos():
    runner = make_runner(Recognizer())

    class Repeated(list):
        dataset = Listed('ab')

    runner.train_dataloader.dataset = Repeated('abababab')
    assert describe_run(runner)[-1] == ('on 2 samples (8 per epoch) of '
                                        'data/train.txt')


def test_the_one_teacher_of_amd_is_named_too(amd_cfg):
    cfg = amd_cfg()
    cfg['teacher'].update(checkpoint='videomae.pth', random_init=False)
    model, teacher, _ = describe_run(make_runner(MODELS.build(cfg)))
    assert model.startswith('training AMD: MVDVisionTransformer of 2 blocks')
    assert teacher.startswith('teacher MaskedVideoMAETeacher: ')
    assert '4 blocks, 48 wide' in teacher
    assert teacher.endswith('frozen; weights from videomae.pth')
