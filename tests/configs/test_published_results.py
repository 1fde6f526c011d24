"""Results: those of the paper as it prints them, ours as measured."""
import re
from pathlib import Path

import pytest
import yaml

MVD = Path(__file__).parents[2] / 'configs' / 'mvd'
README = (MVD / 'README.md').read_text()
MODELS = yaml.safe_load((MVD / 'metafile.yml').read_text())['Models']
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


def tables(text=README):
    """Yield each table, header first, as lists of cells."""
    table = []
    for line in text.splitlines() + ['']:
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


def unsupported(readme, models):
    """Numbers in columns "ours" that no linked config has in the metafile.

    A number is supported by the ``Results`` of a config that its row links,
    or by their mean: UCF101 and HMDB51 have three splits.
    """
    measured = {}
    for model in models:
        path = Path(model['Config']).relative_to('configs/mvd')
        measured[path] = [
            tuple(result['Metrics'].values())
            for result in model.get('Results') or []
        ]
    found = []
    for header, _, *body in tables(readme):
        for row in body:
            results = [
                r for path in links(' '.join(row))
                for r in measured.get(path, [])
            ]
            means = zip(*results)
            results.append(tuple(sum(m) / len(m) for m in means))
            shown = [' / '.join(f'{n:.1f}' for n in r) for r in results]
            found += [
                cell for name, cell in zip(header, row)
                if name.endswith('ours') and cell not in ('-', *shown)
            ]
    return found


def test_our_numbers_are_those_of_the_metafile():
    assert unsupported(README, MODELS) == []


@pytest.mark.parametrize('metrics, number', [
    ({
        'Top 1 Accuracy': 82.66,
        'Top 5 Accuracy': 95.4
    }, '82.7 / 95.4'),
    ({
        'mAP': 29.31
    }, '29.3'),
])
def test_a_measured_number_may_be_shown_and_no_other(metrics, number):
    model = dict(MODELS[0])
    name = Path(model['Config']).relative_to('configs/mvd')
    readme = f'| ours | config |\n| --- | --- |\n| {number} | [a]({name}) |'
    assert unsupported(readme, [dict(model, Results=None)]) == [number]
    model['Results'] = [dict(Task='any', Dataset='any', Metrics=metrics)]
    assert unsupported(readme, [model]) == []
    assert unsupported(readme.replace('.', '.9'), [model]) != []


def test_the_mean_of_three_splits_may_be_shown():
    models, cells = [], []
    for model, accuracy in zip(MODELS, (76., 77., 78.6)):
        metrics = {'Top 1 Accuracy': accuracy}
        models.append(dict(model, Results=[dict(Metrics=metrics)]))
        name = Path(model['Config']).relative_to('configs/mvd')
        cells.append(f'[a]({name})')
    readme = '\n'.join([
        '| ours | split 1 | split 2 | split 3 |', '| - | - | - | - |',
        f'| 77.2 | {" | ".join(cells)} |'
    ])
    assert unsupported(readme, models) == []
    assert unsupported(readme, models[:2]) == ['77.2']


def check_entry(entry):
    """What a model of the metafile may say."""
    assert entry['Name'] == Path(entry['Config']).stem
    results = entry.get('Results') or []
    assert results or entry['Converted From']['Code']
    for result in results:
        assert result['Task'] and result['Dataset']
        assert all(0 < value <= 100 for value in result['Metrics'].values())
    if 'Weights' in entry:  # of a run whose result is there
        assert results and entry['Weights'].startswith('https://')


@pytest.mark.parametrize('entry', MODELS, ids=lambda e: e['Name'])
def test_metafile_claims_nothing_that_was_not_measured(entry):
    check_entry(entry)


def test_metafile_may_hold_a_measured_result_and_its_weights():
    result = dict(
        Task='Action Recognition',
        Dataset='Kinetics-400',
        Metrics={'Top 1 Accuracy': 82.7})
    entry = dict(MODELS[0], Weights='https://example.org/weights.pth')
    with pytest.raises(AssertionError):
        check_entry(entry)
    check_entry(dict(entry, Results=[result]))
    result['Metrics']['Top 1 Accuracy'] = 827.
    with pytest.raises(AssertionError):
        check_entry(dict(entry, Results=[result]))
