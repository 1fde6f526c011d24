"""Exit status and output of the validator."""
import runpy
from pathlib import Path

import pytest

from mvd_mm.datasets.ava import KINDS, build_annotations

TOOL = Path(__file__).parents[2] / 'tools' / 'data/ava/validate.py'
main = runpy.run_path(str(TOOL))['main']


@pytest.fixture
def clean(make_video, tmp_path):
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40)
        (tmp_path / f'{name}.csv').write_text('video,time,x1,y1,x2,y2,action\n'
                                              f'{name},1,0,0,16,16,walk\n')
    build_annotations(tmp_path / 'v', tmp_path / 'a.csv', tmp_path / 'set',
                      tmp_path / 'b.csv')
    return tmp_path / 'set'


def test_clean_set_is_silent_with_status_0(clean, capsys):
    main(['--set', str(clean)])
    assert capsys.readouterr() == ('', '')


def test_a_fault_is_a_line_and_status_1(clean, capsys):
    (clean / 'train.csv').write_text('a,0001,0,0,.5,.5,0,0\n')
    with pytest.raises(SystemExit) as error:
        main(['--set', str(clean)])
    assert error.value.code == 1
    line, = capsys.readouterr().out.splitlines()
    assert line.startswith(f'{clean / "train.csv"}:1: label-zero: ')


def test_a_config_is_checked_as_the_set_is(clean, tmp_path, capsys):
    data = [
        f'type="AVADataset", ann_file="{clean}/{split}.csv", '
        f'proposal_file="{clean}/{split}_proposals.pkl", '
        f'label_file="{clean}/action_list.pbtxt", fps=10, num_classes=4, '
        f'timestamp_start=0, timestamp_end=4, '
        f'data_prefix=dict(img="{clean.parent}/v"), pipeline=[]'
        for split in ('train', 'val')
    ]
    config = tmp_path / 'cfg.py'
    config.write_text(f'train_dataloader = dict(dataset=dict({data[0]}))\n'
                      f'val_dataloader = dict(dataset=dict({data[1]}))\n')
    main(['--config', str(config)])
    assert capsys.readouterr().out == ''
    with pytest.raises(SystemExit):
        main([
            '--config',
            str(config), '--cfg-options', 'train_dataloader.dataset.fps=25'
        ])
    assert 'train.csv:1: video-rate' in capsys.readouterr().out


def test_ignored_kinds_are_left_out(clean, capsys):
    (clean / 'train.csv').write_text('a,0001,0,0,.5,.5,0,0\n')
    main(['--set', str(clean), '--ignore', 'label-zero'])
    assert capsys.readouterr().out == ''


def test_all_kinds_are_listed_on_request(capsys):
    main(['--list'])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(':')[0] for line in lines] == list(KINDS)


def test_other_folders_are_refused(tmp_path):
    with pytest.raises(SystemExit, match='`set`.*meta.json.*--config'):
        main(['--set', str(tmp_path)])
