"""Curves come from the newest run of each work directory."""
import json

import cv2
import pytest

from mvd_mm.visualization import read_losses, read_metric, save_loss_curves


def write_run(work_dir, stamp, values, **more):
    """A log as MMEngine writes it: one JSON object per line."""
    folder = work_dir / stamp / 'vis_data'
    folder.mkdir(parents=True)
    lines = [
        dict(lr=1e-3, loss=value, loss_image=value / 2, step=step, **more)
        for step, value in enumerate(values, 1)
    ]
    lines.insert(1, {'acc/top1': 0.5, 'step': 1})  # of a validation
    (folder / 'scalars.json').write_text(''.join(
        json.dumps(line) + '\n' for line in lines))


def test_reads_every_loss_and_nothing_else(tmp_path):
    write_run(tmp_path, '20250101_000000', [3., 2., 1.], time=0.1, iter=7)
    assert read_losses(str(tmp_path)) == dict(
        loss=[(1, 3.), (2, 2.), (3, 1.)],
        loss_image=[(1, 1.5), (2, 1.), (3, 0.5)])


def test_the_newest_run_counts(tmp_path):
    write_run(tmp_path, '20250102_000000', [1.])
    write_run(tmp_path, '20250103_120000', [2.])
    write_run(tmp_path, '20250101_235959', [3.])
    assert read_losses(str(tmp_path))['loss'] == [(1, 2.)]


def write_resumed(work_dir, stamp, first, values, **validation):
    """A log of a run that goes on at an iteration, as MMEngine writes it."""
    write_run(work_dir, stamp, values)
    folder = work_dir / stamp / 'vis_data'
    lines = [
        dict(loss=value, step=step)
        for step, value in enumerate(values, first)
    ]
    if validation:
        lines.append(validation)
    (folder / 'scalars.json').write_text(''.join(
        json.dumps(line) + '\n' for line in lines))
    (folder / 'config.py').write_text('load_from = None\nresume = True\n')


def test_a_resumed_run_continues_the_one_before(tmp_path):
    write_run(tmp_path, '20250101_000000', [9., 9.])  # another, older run
    write_run(tmp_path, '20250102_000000', [5., 4., 3., 2.])
    # the last two iterations were after the checkpoint
    write_resumed(tmp_path, '20250103_000000', 3, [30., 20., 10.])
    write_resumed(tmp_path, '20250104_000000', 5, [11., 7.])
    assert read_losses(str(tmp_path))['loss'] == [(1, 5.), (2, 4.), (3, 30.),
                                                  (4, 20.), (5, 11.), (6, 7.)]


def test_a_line_that_was_cut_short_is_passed_over(tmp_path):
    write_run(tmp_path, '20250101_000000', [3., 2.])
    path = tmp_path / '20250101_000000' / 'vis_data' / 'scalars.json'
    path.write_text(path.read_text() + '{"loss": 1.')
    assert read_losses(str(tmp_path))['loss'] == [(1, 3.), (2, 2.)]


def test_validations_are_read_by_epoch(tmp_path):
    write_run(tmp_path, '20250101_000000', [3., 2.])
    write_resumed(tmp_path, '20250102_000000', 3, [1.], **{
        'acc/top1': 0.75,
        'step': 2
    })
    assert read_metric(str(tmp_path), 'acc/top1') == [(1, 0.5), (2, 0.75)]
    assert read_metric(str(tmp_path), 'mAP/overall') == []


def draw(tmp_path, name, *arguments):
    path = tmp_path / f'{name}.png'
    save_loss_curves(*arguments[:1], str(path), *arguments[1:])
    return cv2.imread(str(path)).astype(int)


def panel(picture, number, of):
    width = picture.shape[1] // of
    return picture[:, number * width:(number + 1) * width]


def coloured(picture):
    """Pixels that are no shade of grey: the lines of curves."""
    return int((picture.max(-1) - picture.min(-1) > 60).sum())


def test_compared_runs_share_a_panel_of_losses_and_one_of_scores(tmp_path):
    for name, values in dict(up=[1., 2., 3.], down=[3., 2., 1.]).items():
        write_run(tmp_path / name, '20250101_000000', values)
    work_dirs = {name: str(tmp_path / name) for name in ('up', 'down')}
    one = draw(tmp_path, 'one', {}, dict(up=work_dirs['up']))
    both = draw(tmp_path, 'both', {}, work_dirs)
    third = draw(tmp_path, 'third', dict(up=work_dirs['up']), work_dirs)
    assert one.shape == both.shape
    assert third.shape[1] * 2 == both.shape[1] * 3
    for number in (0, 1):
        assert coloured(panel(both, number, 2)) > coloured(
            panel(one, number, 2)) > 0


def test_a_single_value_is_a_marker(tmp_path):
    write_run(tmp_path, '20250101_000000', [2.])
    folder = tmp_path / '20250101_000000' / 'vis_data'
    (folder / 'scalars.json').write_text('{"loss": 2.0, "step": 1}\n')
    picture = draw(tmp_path, 'one', {'title': str(tmp_path)})
    height, width = picture.shape[:2]
    # the middle of the axes; the legend is elsewhere
    middle = picture[height // 3:2 * height // 3, width // 3:2 * width // 3]
    assert coloured(middle) > 20


def test_without_validations_the_panel_says_so(tmp_path):
    write_run(tmp_path, '20250101_000000', [3., 2.])
    found = draw(tmp_path, 'none', {}, {'a': str(tmp_path)}, 'subject',
                 'other metric')
    assert panel(found, 1, 2).std() > 5
    assert coloured(panel(found, 1, 2)) == 0


def test_nothing_to_draw_is_refused(tmp_path):
    with pytest.raises(ValueError, match='`stages` and `compared` are empty'):
        save_loss_curves({}, str(tmp_path / 'none.png'))


def test_a_missing_run_is_named_with_the_way_out(tmp_path):
    (tmp_path / '20250101_000000').mkdir()  # started, nothing logged
    with pytest.raises(FileNotFoundError) as error:
        read_losses(str(tmp_path))
    for word in ('`work_dir`', str(tmp_path), 'scalars.json', 'train'):
        assert word in str(error.value)


def test_one_panel_per_stage(tmp_path):
    write_run(tmp_path / 'a', '20250101_000000', [3., 2., 1.])
    write_run(tmp_path / 'b', '20250101_000000', [1., 2., 3.])
    sizes, darkness = [], []
    for stages in ({
            'a': tmp_path / 'a'
    }, {
            'a': tmp_path / 'a',
            'b': tmp_path / 'b'
    }):
        path = tmp_path / f'{len(stages)}.png'
        save_loss_curves({k: str(v) for k, v in stages.items()}, str(path))
        picture = cv2.imread(str(path))
        sizes.append(picture.shape)
        darkness.append([
            part.std() for part in (picture[:, :picture.shape[1] // 2],
                                    picture[:, picture.shape[1] // 2:])
        ])
    assert sizes[1][1] == 2 * sizes[0][1] and sizes[1][0] == sizes[0][0]
    assert min(darkness[1]) > 10  # something is drawn in either half


def test_a_fourth_stage_begins_a_second_row(tmp_path):
    write_run(tmp_path, '20250101_000000', [3., 2., 1.])
    shapes = []
    for number in (3, 4):
        path = tmp_path / f'{number}.png'
        save_loss_curves({str(i): str(tmp_path)
                          for i in range(number)}, str(path))
        picture = cv2.imread(str(path))
        shapes.append(picture.shape)
    assert shapes[1] == (2 * shapes[0][0], *shapes[0][1:])
    lower = picture[picture.shape[0] // 2:]
    assert lower[:, :lower.shape[1] // 3].std() > 10
    assert lower[:, lower.shape[1] // 2:].std() == 0  # places left empty


def test_the_only_term_of_a_loss_does_not_hide_it(tmp_path):
    pictures = []
    for name, keys in dict(one=['loss'], two=['loss', 'loss_cls']).items():
        folder = tmp_path / name / '20250101_000000' / 'vis_data'
        folder.mkdir(parents=True)
        (folder / 'scalars.json').write_text(''.join(
            json.dumps(dict(dict.fromkeys(keys, 1 / step), step=step)) + '\n'
            for step in (1, 2, 3)))
        path = tmp_path / f'{name}.png'
        save_loss_curves({'title': str(tmp_path / name)}, str(path))
        pictures.append(cv2.imread(str(path)))
    assert (pictures[0] == pictures[1]).all()


def test_other_losses_give_another_picture(tmp_path):
    pictures = []
    for name, values in dict(up=[1., 2., 3.], down=[3., 2., 1.]).items():
        write_run(tmp_path / name, '20250101_000000', values)
        path = tmp_path / f'{name}.png'
        save_loss_curves({'title': str(tmp_path / name)}, str(path))
        pictures.append(cv2.imread(str(path)))
    assert (pictures[0] != pictures[1]).any(-1).sum() > 200


def test_a_stage_that_never_ran_leaves_no_file(tmp_path):
    path = tmp_path / 'curves.png'
    with pytest.raises(FileNotFoundError):
        save_loss_curves({'a': str(tmp_path / 'none')}, str(path))
    assert not path.exists()
