"""The numbers of the publication, wherever this project quotes them."""
import re
from pathlib import Path

import pytest

MVD = Path(__file__).parents[2] / 'configs' / 'mvd'
README = (MVD / 'README.md').read_text()
# student, teachers, epochs: top-1 / top-5 on SSv2 and K400, AVA mAP without
# and with labels of Kinetics, top-1 on UCF101 and HMDB51
PAPER = {
    ('S', 'B', 400): ('70.7 / 92.6', '80.6 / 94.7', None, None),
    ('S', 'L', 400): ('70.9 / 92.8', '81.0 / 94.8', None, None),
    ('B', 'B', 400):
    ('72.5 / 93.6', '82.7 / 95.4', ('29.3', '33.6'), ('97.0', '76.4')),
    ('B', 'L', 400):
    ('73.7 / 94.0', '83.4 / 95.8', ('31.1', '34.2'), ('97.5', '79.7')),
    ('L', 'L', 400): ('76.1 / 95.4', '86.0 / 96.9', None, None),
    ('L', 'L', 800): ('76.7 / 95.5', '86.4 / 97.0', ('37.7', '38.7'), None),
    ('H', 'H', 800): ('77.3 / 95.7', '87.3 / 97.4', ('40.1', '41.1'), None),
}
SIZES = dict(S='small', B='base', L='large', H='huge')


def tables():
    """Yield each table of the README, header first, as lists of cells."""
    table = []
    for line in README.splitlines() + ['']:
        if line.startswith('|'):
            table.append([cell.strip() for cell in line.strip('|').split('|')])
        elif table:
            yield table
            table = []


def rows(*columns):
    """Rows, as dicts, of the one table that has all these columns."""
    found = [t for t in tables() if set(columns) <= set(t[0])]
    assert len(found) == 1
    header, _, *body = found[0]
    return [dict(zip(header, row)) for row in body]


def key(row):
    return (row['student'].replace('ViT-',
                                   ''), row['teachers'].replace('ViT-', ''),
            int(row['epochs']))


def links(text):
    """Configs that a cell links, which must exist."""
    names = re.findall(r'\]\(([^)]+\.py)\)', text)
    assert all((MVD / name).is_file() for name in names), names
    return [Path(name) for name in names]


def test_kinetics400_and_something_something():
    found = rows('K400 paper', 'K400 ours', 'SSv2 paper', 'SSv2 ours')
    assert len(found) == len(PAPER)
    for row in found:
        numbers = PAPER[key(row)]
        assert (row['SSv2 paper'], row['K400 paper']) == numbers[:2]
        pretrain, k400, ssv2 = links(row['configs'])
        assert pretrain.parent.name == 'pretrain'
        for path, data in ((k400, 'kinetics400'), (ssv2, 'sthv2')):
            check_config(path, row, data)


@pytest.mark.parametrize('data, index', [('UCF101', 0), ('HMDB51', 1)])
def test_ucf101_and_hmdb51(data, index):
    found = [r for r in rows('split 1', 'paper', 'ours') if r['data'] == data]
    assert len(found) == 2
    for row in found:
        assert row['paper'] == PAPER[key(row)][3][index]
        for split in (1, 2, 3):
            path, = links(row[f'split {split}'])
            check_config(path, row, data.lower())
            assert (f'-split{split}-' in path.name) == (split > 1)


def test_ava():
    found = rows('Kinetics labels first', 'paper', 'ours')
    assert len(found) == 8
    for row in found:
        labels = row['Kinetics labels first'] == 'yes'
        assert row['paper'] == PAPER[key(row)][2][labels]
        path, = links(row['config'])
        check_config(path, row, 'ava22')
        assert ('-k400-ft_' in path.name) == labels


def check_config(path, row, data):
    """The config is that of the row, and quotes the same number."""
    student, teachers, epochs = key(row)
    assert path.name.startswith(
        f'vit-{SIZES[student]}-p16_mvd-teachers-{SIZES[teachers]}-{epochs}e-')
    assert f'_{data}-' in path.name
    if '-split' in path.name:
        return
    text = (MVD / path).read_text().split('"""')[1]
    columns = dict(kinetics400='K400 paper', sthv2='SSv2 paper')
    assert row[columns.get(data, 'paper')] in text


def test_what_was_not_measured_is_no_number():
    for table in tables():
        for column, name in enumerate(table[0]):
            if name.split()[-1] == 'ours':
                assert {row[column] for row in table[2:]} == {'-'}
