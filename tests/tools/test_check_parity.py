"""Numbers of the published implementation, and the tool that compares."""
import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
CASES = sorted(ROOT.glob('tests/data/golden/*.npz'))
STAGE1 = sorted(ROOT.glob('tests/data/golden_stage1/*.npz'))
# an output that the weight has a part in, by the kind of case
DISTURBED = {
    'pretrain_plain': ('student/blocks.0.attn.q_bias', 'student_image_pred'),
    'finetune_plain': ('model/blocks.1.norm2.weight', 'logits'),
}


@pytest.fixture(scope='module')
def tool():
    path = ROOT / 'tools' / 'analysis_tools' / 'check_parity.py'
    spec = importlib.util.spec_from_file_location('check_parity', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(tool, monkeypatch):
    """Call the tool as from the command line; its exit status."""

    def call(*arguments):
        monkeypatch.setattr(sys, 'argv',
                            ['check_parity.py', *map(str, arguments)])
        return tool.main()

    return call


def test_there_are_six_cases():
    assert len(CASES) == 6


@pytest.mark.parametrize('path', CASES, ids=lambda p: p.stem)
def test_case_agrees(run, path, capsys):
    assert run(path) == 0
    out = capsys.readouterr().out
    assert out.startswith(str(path))
    rows = [line for line in out.splitlines() if line.endswith('  ok')]
    names = {row.split()[0] for row in rows}
    outputs = {'loss'
               } | ({'feature', 'logits'} if 'finetune' in path.stem else {
                   'loss_image', 'loss_video', 'image_teacher_features',
                   'video_teacher_features', 'student_image_pred',
                   'student_video_pred', 'grad_norm'
               })
    assert outputs <= names
    with np.load(path) as arrays:  # no gradient of the case is passed over
        assert {k for k in arrays.files if k.startswith('grad/')} <= names


@pytest.mark.parametrize('case', DISTURBED)
def test_a_disturbed_weight_is_found(run, golden_dir, tmp_path, capsys, case):
    weight, output = DISTURBED[case]
    with np.load(golden_dir / f'{case}.npz') as arrays:
        content = {k: arrays[k] for k in arrays.files}
    content[weight] = content[weight] + np.float16(0.05)
    np.savez(tmp_path / f'{case}.npz', **content)
    shutil.copy(golden_dir / f'{case}.json', tmp_path)
    assert run(tmp_path / f'{case}.npz') == 1
    failed = [
        line.split()[0] for line in capsys.readouterr().out.splitlines()
        if line.endswith('FAILED')
    ]
    assert output in failed
    assert not any('teacher' in name for name in failed)


@pytest.mark.parametrize('path', STAGE1, ids=lambda p: p.stem)
def test_stage_1_agrees(run, path, capsys):
    assert run(path) == 0
    rows = [
        line.split()[0] for line in capsys.readouterr().out.splitlines()
        if line.endswith('  ok')
    ]
    with np.load(path) as arrays:
        grads = [k for k in arrays.files if k.startswith('grad')]
    assert sorted(rows) == sorted(['pred', 'target', 'loss', *grads])
    assert len(STAGE1) == 2


@pytest.fixture
def stage1(tmp_path):
    """Write a case of stage 1 with other options and arrays."""

    def write(name, options=None, change=None):
        path = ROOT / f'tests/data/golden_stage1/{name}_pretrain_plain.npz'
        with np.load(path) as file:
            content = {k: file[k] for k in file.files}
        content.update((change or (lambda arrays: {}))(content))
        np.savez(tmp_path / 'case.npz', **content)
        given = json.loads(path.with_suffix('.json').read_text())
        given.update(options or {})
        (tmp_path / 'case.json').write_text(json.dumps(given))
        return tmp_path / 'case.npz'

    return write


def head_bias(arrays):
    key, = (
        k for k in arrays
        if k in ('model/decoder_pred.bias', 'model/decoder.head.bias'))
    return {key: arrays[key] + np.float16(.05)}


@pytest.mark.parametrize('name', ['mae', 'videomae'])
@pytest.mark.parametrize('options, change, failed', [
    (dict(norm_target=False), None, {'target', 'loss'}),
    (None, lambda arrays: {
        'mask': ~arrays['mask']
    }, {'FAILED'}),
    (None, head_bias, {'pred', 'loss'}),
])
def test_a_disturbed_stage_1_is_found(run, stage1, capsys, name, options,
                                      change, failed):
    assert run(stage1(name, options, change)) == 1
    found = {
        line.split()[0].rstrip(',')
        for line in capsys.readouterr().out.splitlines() if 'FAILED' in line
    }
    assert failed <= found and ('target' in failed) == ('target' in found)


@pytest.mark.parametrize('name, low, high', [('videomae', 0, 1),
                                             ('mae', -3, 3)])
def test_pixels_that_are_not_normalised(run, stage1, capsys, name, low, high):
    """VideoMAE: colours in 0..1; MAE: what the network sees."""

    def target(arrays):
        clip, mask = arrays['video'].astype(np.float32), arrays['mask']
        if name == 'videomae':
            shape = 1, 3, 1, 1, 1
            clip = clip * np.reshape([.229, .224, .225], shape) + np.reshape(
                [.485, .456, .406], shape)
        b, c, t, h, w = clip.shape
        tubelet = 1 if name == 'mae' else 2
        cut = clip.reshape(b, c, t // tubelet, tubelet, h // 8, 8, w // 8, 8)
        cut = cut.transpose(0, 2, 4, 6, 3, 5, 7, 1)
        cut = cut.reshape(b, mask.shape[1], -1)
        true = cut[mask.astype(bool)].reshape(arrays['pred'].shape)
        loss = np.square(arrays['pred'] - true).mean()
        return dict(target=true.astype(np.float32), loss=np.float32(loss))

    run(stage1(name, dict(norm_target=False), target))
    rows = {
        line.split()[0]: line
        for line in capsys.readouterr().out.splitlines()
    }
    assert rows['target'].endswith('  ok') and rows['loss'].endswith('  ok')


@pytest.mark.parametrize('options, message', [
    (dict(encoder=dict(embed_dims=32)), "option of `encoder` 'depth'"),
    (dict(norm_targets=True), "did you mean 'norm_target'"),
    (dict(student={}), "unknown option 'student'"),
])
def test_options_of_stage_1_are_never_passed_over(run, stage1, capsys, options,
                                                  message):
    assert run(stage1('videomae', options)) == 1
    assert message in capsys.readouterr().out


def test_not_a_number_fails(run, golden_dir, tmp_path):
    with np.load(golden_dir / 'finetune_plain.npz') as arrays:
        content = {k: arrays[k] for k in arrays.files}
    content['model/fc_norm.bias'][0] = np.nan
    np.savez(tmp_path / 'nan.npz', **content)
    shutil.copy(golden_dir / 'finetune_plain.json', tmp_path / 'nan.json')
    assert run(tmp_path / 'nan.npz') == 1


def test_tolerance_can_be_set(run):
    path = str(CASES[0])
    assert run(path, '--tolerance', '0', '--gradient-tolerance', '0') == 1


@pytest.fixture
def changed(golden_dir, tmp_path):
    """Write a case with other options and arrays."""

    def write(case, name='case', drop=(), options=None, **arrays):
        with np.load(golden_dir / f'{case}.npz') as file:
            content = {k: file[k] for k in file.files}
        content.update(arrays)
        for key in [k for k in content if k.startswith(tuple(drop))]:
            del content[key]
        np.savez(tmp_path / f'{name}.npz', **content)
        given = json.loads((golden_dir / f'{case}.json').read_text())
        given.update(options or {})
        (tmp_path / f'{name}.json').write_text(json.dumps(given))
        return tmp_path / f'{name}.npz'

    return write


def test_missing_options_are_named(run, golden_dir, tmp_path, capsys):
    shutil.copy(golden_dir / 'finetune_plain.npz', tmp_path)
    assert run(tmp_path / 'finetune_plain.npz') == 1
    assert "finetune_plain.json' does not exist" in capsys.readouterr().out


@pytest.mark.parametrize('case, options, message', [
    ('finetune_plain', dict(kind='detection'), "`kind`.*'detection'"),
    ('finetune_plain', dict(drop_path=.1), "unknown option 'drop_path'"),
    ('finetune_plain', dict(embed_dim=32), "did you mean 'embed_dims'"),
    ('finetune_plain', dict(depth=None), "lacks the option 'depth'"),
    ('finetune_plain', dict(depth='two'),
     'FAILED, ValueError: .depth. must be'),
    ('pretrain_plain', dict(student=dict(embed_dims=32)),
     "lacks the option of `student` 'depth'"),
    ('pretrain_plain', dict(loss_type=dict(image='L1')),
     "lacks the branch in `loss_type` 'video'"),
    ('pretrain_plain', dict(loss_type=dict(image='L1', video='Huber')),
     "`loss_type` must be.*'Huber'"),
    ('pretrain_plain', dict(image_teacher=None,
                            video_teacher=None), 'names no teacher'),
])
def test_options_are_never_passed_over(run, changed, capsys, case, options,
                                       message):
    assert run(changed(case, options=options)) == 1
    out = capsys.readouterr().out
    assert re.search(message, out) and '1 of 1 cases FAILED' in out


@pytest.mark.parametrize('drop, arrays, message', [
    (['loss_video'], {}, "lacks the array 'loss_video'"),
    (['student/norm.bias'], {}, '1 missing.*backbone.norm.bias'),
    ([], dict(extra=np.ones(1)), "unknown array 'extra'"),
    ([], {
        'decoder/w': np.ones(1)
    }, "unknown group of arrays 'decoder'"),
    ([], {
        'student/w': np.ones(1)
    }, "match no rule.*'w'"),
    ([], {
        'grad/pos_embed': np.ones((1, 72, 32))
    }, 'no parameter'),
    ([], dict(loss_image=np.array([None])), 'not an npz of numbers'),
])
def test_arrays_are_never_passed_over(run, changed, capsys, drop, arrays,
                                      message):
    assert run(changed('pretrain_plain', drop=drop, **arrays)) == 1
    assert re.search(message, capsys.readouterr().out)


def test_all_cases_are_compared_after_a_fault(run, changed, golden_dir,
                                              tmp_path, capsys):
    (tmp_path / 'text.npz').write_text('no archive')
    (tmp_path / 'text.json').write_text('{"kind": "finetune"')
    bad = changed('finetune_plain', 'bad', options=dict(num_heads=2))
    good = golden_dir / 'finetune_plain.npz'
    assert run(tmp_path / 'none.npz', tmp_path / 'text.npz', bad, good) == 1
    out = capsys.readouterr().out
    assert "none.npz' does not exist" in out
    assert "text.json' is not JSON" in out
    assert out.split(str(good))[1].count('  ok\n') == 8
    last = out.splitlines()[-1]
    assert last.startswith('3 of 4 cases FAILED') and str(bad) in last


def test_forms_of_numbers_do_not_count(run, changed, golden):
    case = 'pretrain_plain'
    arrays = golden(case)
    mask = arrays['mask'].numpy().astype(np.uint8)
    single = {
        k: v.numpy()
        for k, v in arrays.items() if k.startswith('student/')
    }
    assert run(changed(case, mask=mask, **single)) == 0


def test_without_a_view_the_image_teacher_sees_the_clip(run, changed):
    assert run(changed('pretrain_plain', drop=['video_for_image'])) == 0


@pytest.mark.parametrize('teacher, suffix', [('image', 'img'),
                                             ('video', 'vid')])
def test_a_branch_less_changes_nothing_in_the_other(run, changed, golden,
                                                    capsys, teacher, suffix):
    other = {'image': 'video', 'video': 'image'}[teacher]
    drop = [
        f'{teacher}_teacher', f'student_{teacher}', f'loss_{teacher}', 'grad'
    ] + [
        f'student/{part}_{suffix}'
        for part in ('mask_token', 'pos_embed', 'down', 'decoder')
    ]
    path = changed(
        'pretrain_plain',
        drop=drop,
        options={f'{teacher}_teacher': None},
        loss=golden('pretrain_plain')[f'loss_{other}'].numpy())
    assert run(path) == 0
    assert f'loss_{teacher}' not in capsys.readouterr().out
