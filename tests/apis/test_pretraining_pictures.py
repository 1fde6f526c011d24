"""Pictures of a pre-training, from its config to the files."""
import pytest

from mvd_mm.apis import pretraining_pictures, training_samples
from mvd_mm.apis.pretraining_pictures import draw_pretraining
from mvd_mm.apis.training_samples import draw_samples


@pytest.fixture
def rows(monkeypatch):
    """Names and shapes of the rows that are drawn."""
    found = []
    for module in (pretraining_pictures, training_samples):
        save = module.save_rows
        monkeypatch.setattr(
            module,
            'save_rows',
            lambda rows, *more, save=save, **options:
            (found.append([(name, images.shape) for name, images in rows]),
             save(rows, *more, **options)))
    return found


def test_rows_of_each_teacher_and_of_the_student(pretraining_run, tmp_path,
                                                 rows):
    config, checkpoint, val = pretraining_run
    paths = draw_pretraining(config, str(checkpoint), tmp_path / 'p', val, 3)
    assert [path.name for path in paths] == [f'clip_{i}.png' for i in range(3)]
    assert all(path.stat().st_size > 3000 for path in paths)
    assert rows[0] == [('frames', (2, 32, 32, 3)),
                       ('visible tokens', (2, 32, 32, 3)),
                       ('image teacher', (2, 4, 4, 3)),
                       ('student, for image', (2, 4, 4, 3)),
                       ('video teacher', (2, 4, 4, 3)),
                       ('student, for video', (2, 4, 4, 3))]


def test_without_a_checkpoint_there_are_no_predictions(pretraining_run,
                                                       tmp_path, rows):
    config, _, val = pretraining_run
    assert len(draw_pretraining(config, None, tmp_path / 'p', val, 1)) == 1
    assert [name for name, _ in rows[0]] == [
        'frames', 'visible tokens', 'image teacher', 'video teacher'
    ]


def test_samples_are_drawn_again_with_other_numbers(pretraining_run, tmp_path,
                                                    rows):
    config, _, _ = pretraining_run
    assert draw_samples(config, tmp_path / 's.png', number=3, draws=2) == 6
    assert [name.split('\n')[0] for name, _ in rows[0]] == [
        'video 0', 'video 0', 'video 1', 'video 1', 'video 2', 'video 2'
    ]
    assert rows[0][0][1] == (4, 32, 32, 3)


def test_faults(pretraining_run, recognition_run, tmp_path):
    config, checkpoint, val = pretraining_run
    with pytest.raises(ValueError, match='`number`'):
        draw_pretraining(config, None, tmp_path, val, 0)
    with pytest.raises(FileNotFoundError, match='`checkpoint`'):
        draw_pretraining(config, 'none.pth', tmp_path, val)
    with pytest.raises(TypeError, match='only a config of MVD'):
        draw_pretraining(recognition_run[0], None, tmp_path, val)
    with pytest.raises(ValueError, match='.png'):
        draw_samples(config, tmp_path / 's.gif')
