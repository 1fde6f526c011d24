"""The options of a set fit the configs that they are for."""
from pathlib import Path

import pytest
from mmengine.config import Config

from mvd_mm.datasets.ava.options import files_of, split_options

META = dict(
    videos='/videos',
    num_classes=4,
    fps=10,
    timestamp_start=0,
    timestamp_end=9)


def test_files_have_usual_names_unless_the_set_tells_others():
    files = files_of(Path('set'), META, 'val')
    assert files == dict(
        ann_file=Path('set/val.csv'),
        exclude_file=Path('set/val_excluded_timestamps.csv'),
        proposal_file=Path('set/val_proposals.pkl'),
        label_file=Path('set/action_list.pbtxt'))
    meta = dict(META, label_file='l', files=dict(val=dict(ann_file='v')))
    assert files_of(Path('set'), meta, 'val') == dict(
        ann_file=Path('set/v'), label_file=Path('set/l'))


def test_every_option_names_a_key_of_the_published_config(request, tmp_path):
    base = request.config.rootpath / 'configs' / '_base_'
    cfg = Config.fromfile(base / 'datasets' / 'ava22_video.py')
    cfg.merge_from_dict(
        dict(
            model=Config.fromfile(base / 'models' /
                                  'vit-base-p16_ava.py').model))
    options = dict(
        option.split('=', 1)
        for option in split_options(tmp_path, META, media='/elsewhere'))
    for key in options:
        node = cfg
        *parents, last = key.split('.')
        for parent in parents:
            node = node[parent]
        # what the classes have defaults for is not in the config
        assert last in node or last in ('fps', 'timestamp_start',
                                        'timestamp_end', 'num_classes', 'topk',
                                        'proposal_file'), key
    assert options['test_dataloader.dataset.ann_file'] == str(tmp_path /
                                                              'val.csv')
    assert options['train_dataloader.dataset.data_prefix.img'] == '/elsewhere'


@pytest.mark.parametrize('number, topk', [(2, 1), (3, 2), (4, 3), (81, 3)])
def test_topk_fits_the_number_of_classes(tmp_path, number, topk):
    options = split_options(tmp_path, dict(META, num_classes=number))
    assert f'model.roi_head.bbox_head.topk={topk}' in options


@pytest.mark.parametrize('size, text', [(360, '360'), ((480, 360), '480,360')])
def test_of_published_person_boxes(tmp_path, size, text):
    meta = dict(META, every_key_frame=True, proposal_size=size)
    options = split_options(tmp_path, meta)
    for part in ('val', 'test'):
        prefix = f'{part}_dataloader.dataset.'
        assert f'{prefix}every_key_frame=True' in options
        assert f'{prefix}proposal_size={text}' in options
    assert not any('train' in option and 'proposal_size' in option
                   for option in options)
