"""The text of a config is read, never executed."""
import pytest
from mmengine.config import Config

from mvd_mm.utils.config_text import read_literal


def test_reads_what_mmengine_writes():
    model = dict(
        type='A',
        numbers=[1, -2, 3.5, (4, )],
        nothing=None,
        inner=dict(flag=True, text='it\'s "so"'))
    model['inner']['a key'] = {'b c': [dict(d=1)]}
    text = Config(dict(other=1, model=model)).pretty_text
    assert read_literal(text, 'model') == model
    assert read_literal(text, 'other') == 1


@pytest.mark.parametrize('text', [
    'model = open("RAN", "w")',
    'model = dict(a=open("RAN", "w"))',
    'model = dict(*[open("RAN", "w")])',
    'model = dict(**dict(a=open("RAN", "w")))',
    'model = dict(dict, a=1)',
    'model = other',
    'model = [x for x in (1, 2)]',
    'model = f"{1}"',
    'model: int = 3',
    'model += 3',
    'model, other = 3, 4',
    'other = 3',
    'model = (',
    'model = "\0"',
    '',
    'model = ' + '[' * 10**5,
    'model = ' + '-' * 10**5 + '1',
    'model = "' + 'x' * 2**20 + '"',
])
def test_more_than_literals_is_refused(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError):
        read_literal(text, 'model')
    assert list(tmp_path.iterdir()) == []
