"""One seed: who learns from whom, and what is kept."""
import json

import pytest

from demo.findings import probing, run
from demo.findings.plan import STUDENTS, TASKS, TEACHERS


@pytest.fixture
def calls(monkeypatch):
    """Record what would be trained and probed."""
    made = []
    monkeypatch.setattr(
        run, 'render', lambda root, meta: made.append(
            ('videos', meta['seed'], meta['num_train'])))

    def train(stage, options, seed, clock):
        made.append((stage.work_dir.name, options, seed))
        return f'{stage.work_dir.name}.pth'

    def probe(names, root, checkpoints, seed, path):
        made.append(('probe', names, dict(checkpoints)))
        return {name: dict(appearance=1., motion=2.) for name in names}

    monkeypatch.setattr(run, 'train', train)
    monkeypatch.setattr(run, 'probe', probe)
    monkeypatch.setattr(run, 'read_metric', lambda *args: [(4, .1), (8, .5)])
    return made


def test_each_student_gets_its_teachers_and_each_classifier_its_student(
        calls, tmp_path):
    results = run.run_seed(3, tmp_path)
    names = [call[0] for call in calls]
    assert names[:9] == ['videos', *TEACHERS, *STUDENTS, 'probe']
    options = {call[0]: call[1] for call in calls}
    teacher = 'model.branches.{}.teacher.checkpoint'
    for name, branches in dict(
            image=['image'], video=['video'], both=['image', 'video'],
            pixels=[]).items():
        for branch in ('image', 'video'):
            found = options[name].get(teacher.format(branch))
            assert found == (f'{branch}_teacher.pth'
                             if branch in branches else None)
    assert options['amd']['model.teacher.checkpoint'] == 'video_teacher.pth'
    start = 'model.backbone.init_cfg.checkpoint'
    for task in TASKS:
        assert options[f'finetune_amd_{task}'][start] == 'amd.pth'
        assert options[f'finetune_random_{task}'][start] is None
    assert set(results['probe']) == {*TEACHERS, *STUDENTS, 'random'}
    assert set(results['finetune']) == {*STUDENTS, 'random'}
    assert results['finetune']['both'] == dict(appearance=50., motion=50.)
    assert {call[2] for call in calls[1:8]} == {3}


def test_without_students_the_teachers_are_probed(calls, tmp_path):
    results = run.run_seed(10, tmp_path, students=())
    assert [call[0] for call in calls] == ['videos', *TEACHERS, 'probe']
    assert set(results) == {'probe'}


def test_smoke_takes_few_clips(calls, tmp_path):
    run.run_seed(0, tmp_path, ['both'], smoke=True)
    assert calls[0] == ('videos', 0, 64)
    assert calls[1][1]['train_cfg.max_epochs'] == 1


def test_probes_that_are_there_are_not_done_again(tmp_path):
    path = tmp_path / 'probes.json'
    path.write_text(json.dumps(dict(both=dict(motion=1.), amd={})))
    # neither videos nor checkpoints exist: it could not be done again
    assert probing.probe(['both'], tmp_path, {}, 0,
                         path) == dict(both=dict(motion=1.))
