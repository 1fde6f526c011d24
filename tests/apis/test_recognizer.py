"""Recognisers with all their weights."""
import pytest
import torch
from mmengine.config import Config

from mvd_mm.apis.recognizer import find_class_names, load_recognizer


def test_every_weight_is_loaded_or_named(recognition_run, tmp_path):
    config, checkpoint, _ = recognition_run
    cfg = Config.fromfile(config)
    model = load_recognizer(cfg, checkpoint)
    weights = torch.load(checkpoint)['state_dict']
    assert not model.training
    for key, value in model.state_dict().items():
        assert torch.equal(value, weights[key]), key
    del weights['cls_head.fc_cls.bias']
    torch.save(dict(state_dict=weights), tmp_path / 'less.pth')
    with pytest.raises(ValueError, match='cls_head.fc_cls.bias'):
        load_recognizer(cfg, str(tmp_path / 'less.pth'))


def test_names_of_another_number_are_passed_over(recognition_run, tmp_path,
                                                 log_lines):
    config, checkpoint, _ = recognition_run
    cfg = Config.fromfile(config)
    content = torch.load(checkpoint)
    content['meta'] = dict(dataset_meta=dict(classes=['a', 'b', 'c']))
    torch.save(content, tmp_path / 'three.pth')
    path = str(tmp_path / 'three.pth')
    # those beside the list fit
    assert find_class_names(cfg, path, 2) == ['pouring tea', 'stirring']
    assert find_class_names(cfg, path, 3) == ['a', 'b', 'c']
    assert find_class_names(cfg, path, 4)[3] == 'class 3'
    assert len(log_lines) == 1
    names = tmp_path / 'names.txt'
    names.write_text('x\ny\n')
    assert find_class_names(cfg, path, 2, names) == ['x', 'y']
