"""A benchmark of each task at micro size."""
import pytest
from mmengine.config import Config

from mvd_mm.benchmark import format_report, run_benchmark

MODELS = dict(
    pretrain='mvd_vit-micro-p8_teachers-micro',
    finetune='vit-base-p16_recognition',
    test='vit-base-p16_recognition',
    detect='vit-micro-p8_ava')


@pytest.fixture
def run(request):

    def start(task, **options):
        if task == 'detect':
            pytest.importorskip('mmdet')
        root = request.config.rootpath / 'configs' / '_base_' / 'models'
        model = Config.fromfile(root / f'{MODELS[task]}.py').model
        if task in ('finetune', 'test'):  # the micro ones have no plain side
            model.backbone.update(
                img_size=32, embed_dims=32, depth=2, num_heads=2)
            model.cls_head.in_channels = 32
        return run_benchmark(
            task, model, repeats=1, product_size=64, **options)

    return start


@pytest.mark.parametrize('task', MODELS)
def test_both_sides_of_each_task(run, task):
    batch = 1 if task == 'detect' else 2
    result = run(task, batch=batch, against='plain')
    assert result['speedup'] > 0
    for side in result['sides'].values():
        parts = side['part_seconds']
        assert 0 < parts['backbone'] < 2 * side['seconds'] + 1
        assert side['clips_per_second'] == pytest.approx(batch /
                                                         side['seconds'])
        rate, share = result['product_gflops'], side['share_of_peak']
        assert side['gflops'] == pytest.approx(share['torch.mm'] *
                                               rate['torch.mm'])
    text = format_report(result)
    assert task in text and 'x the plain side' in text


def test_parts_are_those_of_the_algorithm(run):
    parts = run('pretrain')['sides']['ours']['part_seconds']
    assert set(parts) == {
        'backbone', 'teacher_image', 'teacher_video', 'decoder_image',
        'decoder_video', 'backward', 'optimiser'
    }


def test_other_sizes_and_precisions(run):
    result = run('pretrain', frames=4, size=32, dtype='bf16')
    assert (result['frames'], result['size']) == (4, 32)
    assert sum(result['gmacs_per_clip'].values()) < 0.1


def test_masks_count_for_student_and_decoders(run):
    one, four = (
        run('pretrain', masks=n, against='plain')['gmacs_per_clip']
        for n in (1, 4))
    for part, macs in one.items():
        times = 1 if part.startswith('teacher') else 4
        assert four[part] == pytest.approx(times * macs)


def test_compiled_blocks_are_measured(run, monkeypatch):
    compiled = []
    monkeypatch.setattr('mvd_mm.benchmark.workloads.compile_blocks',
                        compiled.append)
    assert run('pretrain', against='plain', compiled=True)['compiled']
    assert [type(model).__name__ for model in compiled] == ['MVD']


def test_one_clip_at_a_time_is_detected_on(run):
    with pytest.raises(ValueError, match='`batch`.*detect.*got 2'):
        run('detect', batch=2)


@pytest.mark.parametrize('options, message', [
    (dict(task='train'), "`task`.*'train'"),
    (dict(dtype='fp64'), "`dtype`.*'fp64'"),
    (dict(device='tpu'), "`device`.*'tpu'"),
    (dict(against='published'), "`against`.*'published'"),
    (dict(dtype='fp16'), "'fp16' needs a GPU"),
    (dict(batch=0), '`batch`.*at least 1'),
    (dict(masks=0), '`masks`.*at least 1'),
    (dict(task='test', masks=2), '`masks`.*2 for test'),
])
def test_rejects_what_there_is_not(options, message):
    with pytest.raises(ValueError, match=message):
        run_benchmark(**{**dict(task='pretrain', model={}), **options})
